#pragma once

#include <weir/detail/operator.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

/// How records get their event times, and when time goes forward: what stream::assign_timestamps takes.
///
///     clicks.assign_timestamps(
///         weir::watermarks::bounded_out_of_orderness(&click::at_ms, std::chrono::seconds{5})
///             .idle_after(std::chrono::minutes{1}));
///
/// A watermark of t says that no record of time t or before is still to come; one that comes all the same is
/// late. It is sent behind the records that were read before it, every `pipeline.auto-watermark-interval`.
namespace weir {

/// Takes what a watermark generator has to say.
class watermark_output {
public:
  /// Event time goes forward to `time`; a time that is not later is ignored.
  void emit(std::int64_t time) {
    time_ = std::max(time_, time);
    idle_ = false;
  }
  /// Nothing will come for a while: those that read this stream do not wait for it. The next record ends
  /// that.
  void set_idle() { idle_ = true; }

  /// For the engine.
  [[nodiscard]] std::int64_t time() const { return time_; }
  [[nodiscard]] bool idle() const { return idle_; }
  void set_active() { idle_ = false; }

private:
  std::int64_t time_ = detail::min_event_time;
  bool idle_ = false;
};

/// A record's time, and what follows from the times. `F` reads the time of a record, `Generator` makes
/// watermarks: on_record(record, time, out) for each record, on_periodic(out) every
/// `pipeline.auto-watermark-interval`; each may be missing. Each subtask has a copy of its own.
template <class F, class Generator>
class watermark_strategy {
public:
  watermark_strategy(F time, Generator generator)
      : time_{std::move(time)}, generator_{std::move(generator)} {}

  /// A subtask that reads no record for so long is idle: it no longer holds back the time of those that read
  /// it, until its next record. Throws std::invalid_argument unless it is above 0.
  watermark_strategy idle_after(std::chrono::milliseconds silence) const {
    if (silence.count() <= 0)
      throw std::invalid_argument{"idle_after(" + std::to_string(silence.count()) +
                                  " ms): it must be above 0"};
    watermark_strategy changed = *this;
    changed.idle_after_ms_ = silence.count();
    return changed;
  }

  /// Streams of one group go forward together: what is more than `max_drift` ahead of the one that is behind
  /// all others is not read until that has caught up. For streams that begin at different sources. A stream
  /// without records holds the others back, unless it is idle. Throws std::invalid_argument when the drift
  /// is negative.
  watermark_strategy align(std::string group, std::chrono::milliseconds max_drift) const {
    if (max_drift.count() < 0)
      throw std::invalid_argument{"align with a drift of " + std::to_string(max_drift.count()) +
                                  " ms: it must not be negative"};
    watermark_strategy changed = *this;
    changed.group_ = std::move(group);
    changed.max_drift_ms_ = max_drift.count();
    return changed;
  }

  /// For the engine.
  [[nodiscard]] const F& time() const { return time_; }
  [[nodiscard]] const Generator& generator() const { return generator_; }
  [[nodiscard]] std::int64_t idle_after_ms() const { return idle_after_ms_; } ///< 0: never
  [[nodiscard]] const std::string& group() const { return group_; }           ///< empty: none
  [[nodiscard]] std::int64_t max_drift_ms() const { return max_drift_ms_; }

private:
  F time_;
  Generator generator_;
  std::int64_t idle_after_ms_ = 0;
  std::string group_;
  std::int64_t max_drift_ms_ = 0;
};

namespace watermarks {

/// Records may be late by `bound_ms` against the latest one seen.
struct bounded_generator {
  std::int64_t bound_ms = 0;
  std::int64_t latest = detail::min_event_time;

  template <class T>
  void on_record(const T&, std::int64_t time, watermark_output&) {
    latest = std::max(latest, time);
  }
  void on_periodic(watermark_output& out) const {
    // One less: a record with the latest time may still come.
    if (latest > detail::min_event_time + bound_ms)
      out.emit(latest - bound_ms - 1);
  }
};

struct no_generator {};

/// For records whose times never go back within a subtask. `time` is a member or a function of the record:
/// milliseconds since 1970.
template <class F>
auto monotonous(F time) {
  return watermark_strategy{std::move(time), bounded_generator{}};
}

/// For records that come at most `bound` after one with a later time. Throws std::invalid_argument when it
/// is negative.
template <class F>
auto bounded_out_of_orderness(F time, std::chrono::milliseconds bound) {
  if (bound.count() < 0)
    throw std::invalid_argument{"bounded_out_of_orderness(" + std::to_string(bound.count()) +
                                " ms): it must not be negative"};
  return watermark_strategy{std::move(time), bounded_generator{bound.count()}};
}

/// With a generator of the user: `on_record(const T&, std::int64_t time, weir::watermark_output&)`,
/// `on_periodic(weir::watermark_output&)`, or both. What on_record emits is sent behind the batch that the
/// record came in.
template <class F, class Generator>
auto custom(F time, Generator generator) {
  return watermark_strategy{std::move(time), std::move(generator)};
}

/// Times without watermarks: event time stands still until the end of the input.
template <class F>
auto none(F time) {
  return watermark_strategy{std::move(time), no_generator{}};
}

} // namespace watermarks
} // namespace weir
