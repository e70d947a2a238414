#pragma once

#include <weir/collector.hpp>
#include <weir/detail/function_calls.hpp>
#include <weir/function_context.hpp>
#include <weir/process_context.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// What a function on a stream without keys is given.
template <class Context>
class plain_part {
public:
  static constexpr bool keyed = false;
  using context_type = Context;

  plain_part(operator_context& of, context_state& state) : opening{of}, context{state} {}

  function_context opening;
  Context context;
};

/// What one on a keyed stream is given: state per key, and timers.
template <class Key, class Context>
class keyed_part {
public:
  static constexpr bool keyed = true;
  using context_type = Context;

  keyed_part(operator_context& of, context_state& state)
      : states{of.states(), [&of] { return of.wall_ms(); }},
        opening{of, states},
        context{state, states.current(), timers} {}

  keyed_states<Key> states;
  keyed_timers<Key> timers;
  keyed_function_context<Key> opening;
  Context context;
};

/// What all operators with a function object of the user have in common: its life, contexts, state and
/// timers. `Part` is one of the above. The operator of each kind says how records are handed to the function.
///
/// A batch goes through one loop; a record costs a few stores beside the user's code.
template <class F, class Out, class Part>
class function_operator : public stream_operator {
protected:
  using context_type = typename Part::context_type;
  static constexpr bool has_timers = Part::keyed && has_on_timer<F, context_type, collector<Out>>;
  static_assert(
      has_on_timer<F, context_type, collector<Out>> || !requires { &F::on_timer; },
      "on_timer takes (std::int64_t time, context, out), with the context and the collector that process "
      "takes");

public:
  explicit function_operator(F function) : function_{std::move(function)} {}

  void open(operator_context& context) final {
    state_.of = &context;
    state_.sides.open(context);
    out_.attach(context.out());
    part_.emplace(context, state_);
    before_open(context);
    if constexpr (has_timers) {
      part_->timers.open(context);
      part_->states.leave_room_for(part_->timers.event());
      part_->states.leave_room_for(part_->timers.processing());
    }
    open_function(function_, part_->opening);
  }

  void flush() final {
    out_.flush();
    state_.sides.flush();
  }

  void on_watermark(event_time time) final {
    state_.watermark = time;
    // What the last time of all sets free may be more than the outputs can take at once: see drain().
    if constexpr (has_timers)
      if (time != max_event_time) {
        while (fire_event_timer())
          ;
        tend();
      }
  }

  void on_processing_time(std::int64_t wall_ms) final {
    if constexpr (has_timers) {
      state_.timed = false;
      out_.begin(false);
      part_->context.set_kind(timer_kind::processing);
      while (part_->timers.processing().fire(wall_ms, call_timer()))
        ;
      part_->timers.ask_for_next();
      tend();
    }
  }

  bool drain() final {
    if constexpr (has_timers) {
      for (std::uint32_t fired = 0; fire_event_timer();)
        if (++fired == batch_capacity<Out>)
          return tend(), true;
    }
    state_.timed = false;
    out_.begin(false);
    if constexpr (requires { function_.finish(out_); })
      function_.finish(out_);
    return false;
  }

  void close() noexcept final { close_function(function_); }

protected:
  /// The contexts are there, and the function's open() comes next.
  virtual void before_open(operator_context&) {}

  /// Calls `call(record)` for each record, with its key selected where there is one.
  template <class In, class KeyOf, class Call>
  void each(batch_ptr& records, const KeyOf& key_of, Call&& call) {
    auto& in = static_cast<batch<In>&>(*records);
    const std::uint64_t* hashes = in.hashes();
    for (std::uint32_t first = 0; first < in.size; first += prefetched_at_once) {
      std::uint32_t last = std::min(first + prefetched_at_once, in.size);
      part_->states.prefetch(hashes + first, last - first);
      each_record(in, first, last, [&](In& record, std::uint32_t i) {
        decltype(auto) key = std::invoke(key_of, std::as_const(record));
        select(key, hashes[i]);
        call(record);
      });
    }
    tend();
  }

  template <class In, class Call>
  void each(batch_ptr& records, Call&& call) {
    auto& in = static_cast<batch<In>&>(*records);
    each_record(in, 0, in.size, [&](In& record, std::uint32_t) { call(record); });
  }

  F function_;
  collector<Out> out_;
  context_state state_;
  std::optional<Part> part_;

private:
  template <class In, class Call>
  void each_record(batch<In>& in, std::uint32_t first, std::uint32_t last, Call&& call) {
    In* values = in.values();
    state_.timed = in.has_timestamps;
    out_.begin(in.has_timestamps);
    if (in.has_timestamps) {
      const event_time* times = in.timestamps();
      for (std::uint32_t i = first; i < last; ++i) {
        state_.timestamp = times[i];
        out_.at(times[i]);
        call(values[i], i);
      }
    } else {
      for (std::uint32_t i = first; i < last; ++i)
        call(values[i], i);
    }
  }

  template <class Key>
  void select(Key&& key, std::uint64_t hash) {
    using key_type = std::remove_cvref_t<decltype(part_->context.key())>;
    if constexpr (std::is_same_v<std::remove_cvref_t<Key>, key_type>)
      part_->states.select(key, hash);
    else
      part_->states.select(converted_.emplace(key), hash); // a view of bytes becomes a text
  }

  auto call_timer() {
    return [this](const auto& key, std::uint64_t hash, event_time time, no_namespace) {
      part_->states.select(key, hash);
      function_.on_timer(time, part_->context, out_);
      part_->states.deselect();
    };
  }

  bool fire_event_timer() {
    auto& timers = part_->timers.event();
    auto next = timers.next();
    if (!next || *next > state_.watermark)
      return false;
    state_.timed = true;
    state_.timestamp = *next;
    out_.begin(true);
    out_.at(*next);
    part_->context.set_kind(timer_kind::event);
    timers.fire(*next, call_timer());
    return true;
  }

  void tend() {
    part_->states.deselect();
    part_->states.tend();
    if constexpr (has_timers)
      part_->timers.tend();
  }

  struct nothing {};
  static auto key_holder() {
    if constexpr (Part::keyed)
      return std::optional<std::remove_cvref_t<decltype(std::declval<Part&>().context.key())>>{};
    else
      return nothing{};
  }
  [[no_unique_address]] decltype(key_holder()) converted_;
};

} // namespace weir::detail
