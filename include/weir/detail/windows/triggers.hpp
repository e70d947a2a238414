#pragma once

#include <weir/detail/windows/assigners.hpp>
#include <weir/detail/windows/window.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

/// What a trigger decides about a window.
enum class trigger_result : std::uint8_t {
  go_on,
  fire,          ///< give the result
  purge,         ///< forget the records
  fire_and_purge //
};

/// What a trigger may ask and do while it is asked about a window of one key.
class trigger_context {
public:
  virtual ~trigger_context() = default;
  /// How far event time has come.
  [[nodiscard]] virtual std::int64_t watermark() const = 0;
  /// Milliseconds since 1970.
  [[nodiscard]] virtual std::int64_t processing_time() const = 0;
  /// Asks for on_event_time or on_processing_time when that time has passed, once for each time.
  virtual void at_event_time(std::int64_t time) = 0;
  virtual void at_processing_time(std::int64_t time) = 0;
};

/// When windows give their results. A trigger is an object with
///
///     struct state { … };       // a record type: what it keeps per key and window
///     trigger_result on_record(const T& record, std::int64_t time, const weir::window&, state&,
///                              weir::trigger_context&);
///     trigger_result on_event_time(std::int64_t time, const weir::window&, state&, weir::trigger_context&);
///     trigger_result on_processing_time(…);                                   // the same
///     void on_merge(const weir::window& merged, state& into, const state& other, weir::trigger_context&);
///
/// on_merge is for sessions: two have become one, whose timers it asks for. What a trigger of these needs is
/// enough; the others count as "go on".
namespace triggers {

struct no_state {
  bool operator==(const no_state&) const = default;
};

/// Fires when event time passes the end of the window, and again for each record that is late.
struct event_time {
  using state = no_state;
  template <class T>
  trigger_result on_record(const T&, std::int64_t, const window& of, state&, trigger_context& context) {
    if (of.last_time() <= context.watermark())
      return trigger_result::fire;
    context.at_event_time(of.last_time());
    return trigger_result::go_on;
  }
  trigger_result on_event_time(std::int64_t time, const window& of, state&, trigger_context&) {
    return time == of.last_time() ? trigger_result::fire : trigger_result::go_on;
  }
  void on_merge(const window& merged, state&, const state&, trigger_context& context) {
    if (merged.last_time() > context.watermark())
      context.at_event_time(merged.last_time());
  }
};

/// Fires when processing time passes the end of the window.
struct processing_time {
  using state = no_state;
  template <class T>
  trigger_result on_record(const T&, std::int64_t, const window& of, state&, trigger_context& context) {
    context.at_processing_time(of.last_time());
    return trigger_result::go_on;
  }
  trigger_result on_processing_time(std::int64_t time, const window& of, state&, trigger_context&) {
    return time == of.last_time() ? trigger_result::fire : trigger_result::go_on;
  }
  void on_merge(const window& merged, state&, const state&, trigger_context& context) {
    context.at_processing_time(merged.last_time());
  }
};

/// Never fires.
struct never {
  using state = no_state;
};

/// Fires with every `records`-th record.
class count {
public:
  struct state {
    std::uint64_t seen = 0;
  };

  explicit count(std::uint64_t records) : records_{records} {
    if (records == 0)
      throw std::invalid_argument{"triggers::count(0): it must be above 0"};
  }

  template <class T>
  trigger_result on_record(const T&, std::int64_t, const window&, state& kept, trigger_context&) {
    if (++kept.seen < records_)
      return trigger_result::go_on;
    kept.seen = 0;
    return trigger_result::fire;
  }
  void on_merge(const window&, state& into, const state& other, trigger_context&) { into.seen += other.seen; }

private:
  std::uint64_t records_;
};

/// Fires every `interval` of event time as long as there were records since, and at the end of the window.
class continuous_event_time {
public:
  struct state {
    std::int64_t next = detail::max_event_time;
  };

  explicit continuous_event_time(std::chrono::milliseconds interval) : interval_{interval.count()} {
    if (interval_ <= 0)
      throw std::invalid_argument{"the interval of a trigger must be above 0"};
  }

  template <class T>
  trigger_result on_record(const T&, std::int64_t time, const window& of, state& kept,
                           trigger_context& context) {
    if (of.last_time() <= context.watermark())
      return trigger_result::fire;
    context.at_event_time(of.last_time());
    if (kept.next == detail::max_event_time) {
      std::int64_t rest = time % interval_;
      kept.next = std::min(time - (rest < 0 ? rest + interval_ : rest) + interval_, of.last_time());
      context.at_event_time(kept.next);
    }
    return trigger_result::go_on;
  }
  trigger_result on_event_time(std::int64_t time, const window& of, state& kept, trigger_context&) {
    if (time == kept.next) {
      kept.next = detail::max_event_time;
      return trigger_result::fire;
    }
    return time == of.last_time() ? trigger_result::fire : trigger_result::go_on;
  }
  void on_merge(const window& merged, state& into, const state& other, trigger_context& context) {
    into.next = std::min(into.next, other.next);
    if (into.next != detail::max_event_time)
      context.at_event_time(into.next);
    if (merged.last_time() > context.watermark())
      context.at_event_time(merged.last_time());
  }

private:
  std::int64_t interval_;
};

/// Fires `interval` of processing time after the first record since it fired last.
class continuous_processing_time {
public:
  struct state {
    std::int64_t next = detail::max_event_time;
  };

  explicit continuous_processing_time(std::chrono::milliseconds interval) : interval_{interval.count()} {
    if (interval_ <= 0)
      throw std::invalid_argument{"the interval of a trigger must be above 0"};
  }

  template <class T>
  trigger_result on_record(const T&, std::int64_t, const window&, state& kept, trigger_context& context) {
    if (kept.next == detail::max_event_time) {
      kept.next = context.processing_time() + interval_;
      context.at_processing_time(kept.next);
    }
    return trigger_result::go_on;
  }
  trigger_result on_processing_time(std::int64_t time, const window&, state& kept, trigger_context&) {
    if (time != kept.next)
      return trigger_result::go_on;
    kept.next = detail::max_event_time;
    return trigger_result::fire;
  }
  void on_merge(const window&, state& into, const state& other, trigger_context& context) {
    into.next = std::min(into.next, other.next);
    if (into.next != detail::max_event_time)
      context.at_processing_time(into.next);
  }

private:
  std::int64_t interval_;
};

} // namespace triggers

namespace detail {

/// Calls what a trigger has.
template <class Trigger>
trigger_result tell_event_time(Trigger& trigger, std::int64_t time, const window& of,
                               typename Trigger::state& kept, trigger_context& context) {
  if constexpr (requires { trigger.on_event_time(time, of, kept, context); })
    return trigger.on_event_time(time, of, kept, context);
  return trigger_result::go_on;
}

template <class Trigger>
trigger_result tell_processing_time(Trigger& trigger, std::int64_t time, const window& of,
                                    typename Trigger::state& kept, trigger_context& context) {
  if constexpr (requires { trigger.on_processing_time(time, of, kept, context); })
    return trigger.on_processing_time(time, of, kept, context);
  return trigger_result::go_on;
}

template <class Trigger, class T>
trigger_result tell_record(Trigger& trigger, const T& record, std::int64_t time, const window& of,
                           typename Trigger::state& kept, trigger_context& context) {
  if constexpr (requires { trigger.on_record(record, time, of, kept, context); })
    return trigger.on_record(record, time, of, kept, context);
  return trigger_result::go_on;
}

inline bool fires(trigger_result result) {
  return result == trigger_result::fire || result == trigger_result::fire_and_purge;
}
inline bool purges(trigger_result result) {
  return result == trigger_result::purge || result == trigger_result::fire_and_purge;
}

} // namespace detail

namespace triggers {

/// What another trigger decides, but the records are forgotten whenever it fires.
template <class Trigger>
class purging {
public:
  using state = typename Trigger::state;

  explicit purging(Trigger trigger) : trigger_{std::move(trigger)} {}

  template <class T>
  trigger_result on_record(const T& record, std::int64_t time, const window& of, state& kept,
                           trigger_context& context) {
    return purged(detail::tell_record(trigger_, record, time, of, kept, context));
  }
  trigger_result on_event_time(std::int64_t time, const window& of, state& kept, trigger_context& context) {
    return purged(detail::tell_event_time(trigger_, time, of, kept, context));
  }
  trigger_result on_processing_time(std::int64_t time, const window& of, state& kept,
                                    trigger_context& context) {
    return purged(detail::tell_processing_time(trigger_, time, of, kept, context));
  }
  void on_merge(const window& merged, state& into, const state& other, trigger_context& context) {
    if constexpr (requires { trigger_.on_merge(merged, into, other, context); })
      trigger_.on_merge(merged, into, other, context);
  }

private:
  static trigger_result purged(trigger_result result) {
    return result == trigger_result::fire ? trigger_result::fire_and_purge : result;
  }
  Trigger trigger_;
};

} // namespace triggers

namespace detail {

/// When windows fire if nothing else is said.
template <class Windows>
struct default_trigger_of {
  using type = std::conditional_t<Windows::clock == window_clock::event, triggers::event_time,
                                  triggers::processing_time>;
};
template <>
struct default_trigger_of<all_windows> {
  using type = triggers::never;
};
template <class Windows>
using default_trigger = typename default_trigger_of<Windows>::type;

} // namespace detail
} // namespace weir
