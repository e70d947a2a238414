#pragma once

#include <weir/detail/keyed_timers.hpp>
#include <weir/detail/state/current_key.hpp>
#include <weir/side_output.hpp>

#include <cstdint>
#include <type_traits>

namespace weir {

namespace detail {

/// What the operator tells the contexts of its function.
struct context_state {
  operator_context* of = nullptr;
  side_collectors sides;
  bool timed = false; ///< the present record has an event time
  event_time timestamp = min_event_time;
  event_time watermark = min_event_time;
};

} // namespace detail

/// The event time of a record that has none.
inline constexpr detail::event_time no_timestamp = detail::min_event_time;

/// What a function may ask while it works on a record: `process(record, context, out)`.
class record_context {
public:
  /// For the engine.
  explicit record_context(detail::context_state& state) : state_{state} {}
  record_context(const record_context&) = delete;
  record_context& operator=(const record_context&) = delete;

  /// Event time of the record or timer, in milliseconds since 1970; `no_timestamp` when it has none.
  [[nodiscard]] std::int64_t timestamp() const { return state_.timed ? state_.timestamp : no_timestamp; }
  /// How far event time has come: records up to it have been seen, or are late.
  [[nodiscard]] std::int64_t watermark() const { return state_.watermark; }
  /// Milliseconds since 1970.
  [[nodiscard]] std::int64_t processing_time() const { return state_.of->wall_ms(); }

  /// Where records of a side output go, with the event time of the present record.
  template <class T>
  [[nodiscard]] collector<T>& side(const side_output<T>& tag) const {
    return state_.sides.get(tag, state_.timed, state_.timestamp);
  }

protected:
  detail::context_state& state_;
};

/// Which clock a timer follows.
enum class timer_kind : std::uint8_t { event, processing };

/// Sets and removes timers of the current key. A timer exists once per key and time: setting it again does
/// nothing. At its time `on_timer(time, context, out)` is called with its key; one of event time once the
/// watermark has reached it, also when that was before it was set.
template <class Key>
class key_timers {
public:
  key_timers(detail::keyed_timers<Key>& all, const Key& key, std::uint64_t hash)
      : all_{all}, key_{key}, hash_{hash} {}

  void event(std::int64_t time) const { all_.event().add(key_, hash_, time); }
  void remove_event(std::int64_t time) const { all_.event().remove(key_, hash_, time); }
  void processing(std::int64_t time) const { all_.add_processing(key_, hash_, time); }
  void remove_processing(std::int64_t time) const { all_.processing().remove(key_, hash_, time); }

private:
  detail::keyed_timers<Key>& all_;
  const Key& key_;
  std::uint64_t hash_;
};

/// The same on a keyed stream.
template <class Key>
class keyed_context : public record_context {
public:
  /// For the engine.
  keyed_context(detail::context_state& state, const detail::current_key<Key>& key,
                detail::keyed_timers<Key>& timers)
      : record_context{state}, key_{key}, timers_{timers} {}

  /// Of the record or timer that is being worked on.
  [[nodiscard]] const Key& key() const { return key_.key(); }
  /// Throws std::logic_error when the function has no on_timer.
  [[nodiscard]] key_timers<Key> timers() const {
    timers_.check();
    return {timers_, key_.key(), key_.hash()};
  }
  /// In on_timer: which clock it follows.
  [[nodiscard]] weir::timer_kind timer_kind() const { return kind_; }

  /// For the engine.
  void set_kind(weir::timer_kind kind) { kind_ = kind; }

private:
  const detail::current_key<Key>& key_;
  detail::keyed_timers<Key>& timers_;
  weir::timer_kind kind_ = weir::timer_kind::event;
};

} // namespace weir
