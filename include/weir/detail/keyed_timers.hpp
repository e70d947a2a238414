#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/timer_table.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace weir::detail {

/// The timers of a keyed operator whose function has on_timer.
template <class K>
class keyed_timers {
public:
  /// Makes them known, filled from the snapshot if the job began from one; only during open().
  void open(operator_context& context) {
    context_ = &context;
    context.states().add(event_.emplace(context.states(), state_kind::event_timers));
    context.states().add(processing_.emplace(context.states(), state_kind::processing_timers));
    ask_for_next();
  }

  void check() const {
    if (!context_)
      throw std::logic_error{"timers are used, but the function has no on_timer(time, context, out) to call"};
  }

  timer_table<K>& event() { return *event_; }
  timer_table<K>& processing() { return *processing_; }

  void add_processing(const K& key, std::uint64_t hash, std::int64_t time) {
    if (processing_->add(key, hash, time))
      context_->wake_at(time);
  }

  /// After processing timers have fired.
  void ask_for_next() {
    if (auto next = processing_->next())
      context_->wake_at(*next);
  }

  void tend() {
    event_->tend();
    processing_->tend();
  }

private:
  operator_context* context_ = nullptr;
  std::optional<timer_table<K>> event_;
  std::optional<timer_table<K>> processing_;
};

} // namespace weir::detail
