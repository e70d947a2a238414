#pragma once

#include <weir/detail/operator.hpp>
#include <weir/watermarks.hpp>

#include <cstdint>
#include <string>

namespace weir::detail {

/// What a strategy says besides times and watermarks.
struct watermark_rules {
  std::int64_t idle_after_ms = 0; ///< 0: never
  std::string group;              ///< empty: none
  std::int64_t max_drift_ms = 0;
};

/// The part of timestamps_operator that needs no record type: when watermarks go out, idleness, alignment.
///
/// Processing time is asked for only while there is something to wait for, so that a stream at rest costs
/// nothing.
class watermark_clock {
public:
  explicit watermark_clock(watermark_rules rules) : rules_{std::move(rules)} {}

  /// `always`: the generator wants to be asked every interval, even without records.
  void open(operator_context& context, bool always);

  /// Records were handed on. True: the generator is to be asked, and send() called.
  bool after_records();

  /// Processing time has come to what was asked for, and the generator was asked.
  void on_tick(std::int64_t wall_ms);

  /// Hands on what the generator said.
  void send();

  /// Nothing comes any more.
  void end();

  /// What the generator writes to.
  watermark_output& said() { return said_; }

private:
  void arm();
  void count_silence(std::int64_t wall_ms);
  void keep_in_line(bool ask);

  watermark_rules rules_;
  operator_context* context_ = nullptr;
  watermark_output said_;
  event_time sent_ = min_event_time;
  std::int64_t interval_ms_ = 0; ///< 0: watermarks behind every batch
  std::int64_t tick_ms_ = 0;
  bool always_ = false;
  bool armed_ = false;
  bool had_records_ = false; ///< since the last tick
  bool idle_ = false;
  bool held_ = false;
  std::int64_t last_tick_ms_ = 0;
  std::int64_t silent_ms_ = 0;
  event_time limit_ = min_event_time; ///< how far this subtask may go before it asks its group again
};

} // namespace weir::detail
