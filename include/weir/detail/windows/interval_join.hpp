#pragma once

#include <weir/detail/function_operator.hpp>
#include <weir/detail/windows/window_time.hpp>
#include <weir/state.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace weir::detail {

/// Joins records of two streams whose times are near each other: keeps those of both, per key and time, as
/// long as there may be partners to come.
template <class Key, class L, class R, class Out, class F>
class interval_join_function {
  using context_type = keyed_context<Key>;

public:
  interval_join_function(std::int64_t lower, std::int64_t upper, F function)
      : lower_{lower}, upper_{upper}, function_{std::move(function)} {}

  void open(keyed_function_context<Key>& context) {
    left_ = context.state(weir::map<event_time, std::vector<L>>("left"));
    right_ = context.state(weir::map<event_time, std::vector<R>>("right"));
    late_ = context.metrics().counter("late_records");
  }

  void process_left(const L& record, context_type& context, collector<Out>& out) {
    event_time time = context.timestamp();
    if (is_late(time, context))
      return;
    right_.for_each([&](event_time other, const std::vector<R>& partners) {
      if (other < time + lower_ || other > time + upper_)
        return;
      at(std::max(time, other), out);
      for (const R& partner : partners)
        std::invoke(function_, record, partner, out);
    });
    left_.change(time).push_back(record);
    context.timers().event(left_end(time));
  }

  void process_right(const R& record, context_type& context, collector<Out>& out) {
    event_time time = context.timestamp();
    if (is_late(time, context))
      return;
    left_.for_each([&](event_time other, const std::vector<L>& partners) {
      if (time < other + lower_ || time > other + upper_)
        return;
      at(std::max(time, other), out);
      for (const L& partner : partners)
        std::invoke(function_, partner, record, out);
    });
    right_.change(time).push_back(record);
    context.timers().event(right_end(time));
  }

  void on_timer(std::int64_t time, context_type&, collector<Out>&) {
    left_.remove(time - std::max<std::int64_t>(upper_, 0));
    right_.remove(time + std::min<std::int64_t>(lower_, 0));
  }

private:
  /// The last time at which a partner may come.
  [[nodiscard]] event_time left_end(event_time time) const {
    return time + std::max<std::int64_t>(upper_, 0);
  }
  [[nodiscard]] event_time right_end(event_time time) const {
    return time - std::min<std::int64_t>(lower_, 0);
  }

  bool is_late(event_time time, const context_type& context) {
    if (time == no_timestamp)
      throw_no_event_time();
    bool late = time <= context.watermark();
    late_.add(late ? 1 : 0);
    return late;
  }

  static void at(event_time time, collector<Out>& out) {
    out.begin(true);
    out.at(time);
  }

  std::int64_t lower_;
  std::int64_t upper_;
  F function_;
  map_state<event_time, std::vector<L>> left_;
  map_state<event_time, std::vector<R>> right_;
  counter late_;
};

/// Runs an interval_join_function: input 0 is the left stream, input 1 the right one.
template <class Key, class L, class KeyOfL, class R, class KeyOfR, class Out, class F>
class interval_join_operator final : public function_operator<interval_join_function<Key, L, R, Out, F>, Out,
                                                              keyed_part<Key, keyed_context<Key>>> {
  using function = interval_join_function<Key, L, R, Out, F>;
  using base = function_operator<function, Out, keyed_part<Key, keyed_context<Key>>>;

public:
  interval_join_operator(KeyOfL left, KeyOfR right, function join)
      : base{std::move(join)}, left_{std::move(left)}, right_{std::move(right)} {}

  void process(std::uint32_t input, batch_ptr& records) override {
    if (input == 0)
      this->template each<L>(records, left_, [this](L& record) {
        this->function_.process_left(record, this->part_->context, this->out_);
      });
    else
      this->template each<R>(records, right_, [this](R& record) {
        this->function_.process_right(record, this->part_->context, this->out_);
      });
  }

protected:
  void before_open(operator_context& context) override {
    kept_now_.open(context.states(), "time of the join");
  }

private:
  [[no_unique_address]] KeyOfL left_;
  [[no_unique_address]] KeyOfR right_;
  kept_time kept_now_{this->state_.watermark};
};

} // namespace weir::detail
