#include <weir/detail/watermark_clock.hpp>

#include <algorithm>
#include <limits>

namespace weir::detail {

namespace {

/// Between two looks at the clock where watermarks go out behind every batch.
constexpr std::int64_t tick_without_interval_ms = 10;

event_time later_by(event_time time, std::int64_t ms) {
  return time > max_event_time - ms ? max_event_time : time + ms;
}

} // namespace

void watermark_clock::open(operator_context& context, bool always) {
  context_ = &context;
  interval_ms_ = context.watermark_interval_ms();
  always_ = always;
  tick_ms_ = interval_ms_ > 0 ? interval_ms_ : tick_without_interval_ms;
  if (rules_.idle_after_ms > 0)
    tick_ms_ = std::min(tick_ms_, rules_.idle_after_ms);
  keep_in_line(true);
  if (always_ || rules_.idle_after_ms > 0)
    arm();
}

bool watermark_clock::after_records() {
  had_records_ = true;
  if (idle_) {
    // The engine has ended the idleness with the records themselves.
    idle_ = false;
    said_.set_active();
  }
  if (!armed_)
    arm();
  return interval_ms_ == 0 || !rules_.group.empty();
}

void watermark_clock::on_tick(std::int64_t wall_ms) {
  armed_ = false;
  count_silence(wall_ms);
  send();
  keep_in_line(true);
  bool waits_for_silence = rules_.idle_after_ms > 0 && !idle_;
  if (always_ || held_ || had_records_ || waits_for_silence)
    arm();
  had_records_ = false;
}

void watermark_clock::send() {
  if (said_.time() > sent_) {
    sent_ = said_.time();
    idle_ = false; // a generator may speak for a stream without records
    context_->emit_watermark(sent_);
  }
  if (said_.idle() && !idle_) {
    idle_ = true;
    context_->set_idle();
  }
  keep_in_line(false);
}

void watermark_clock::end() {
  if (rules_.group.empty())
    return;
  context_->align(rules_.group, max_event_time);
  context_->hold_input(false);
}

void watermark_clock::arm() {
  armed_ = true;
  std::int64_t now = context_->wall_ms();
  if (!had_records_ && silent_ms_ == 0)
    last_tick_ms_ = now;
  context_->wake_at(now + tick_ms_);
}

void watermark_clock::count_silence(std::int64_t wall_ms) {
  std::int64_t passed = wall_ms - std::exchange(last_tick_ms_, wall_ms);
  if (rules_.idle_after_ms == 0)
    return;
  if (had_records_ || held_) {
    silent_ms_ = 0;
    return;
  }
  // A task that waited for credit was not silent: of a long wait, only as much counts as it would have taken
  // without.
  silent_ms_ += std::clamp<std::int64_t>(passed, 0, tick_ms_);
  if (silent_ms_ >= rules_.idle_after_ms)
    said_.set_idle();
}

void watermark_clock::keep_in_line(bool ask) {
  if (rules_.group.empty())
    return;
  event_time time = idle_ ? max_event_time : said_.time();
  if (ask || time > limit_)
    limit_ = later_by(context_->align(rules_.group, time), rules_.max_drift_ms);
  bool ahead = !idle_ && time > limit_;
  if (ahead == held_)
    return;
  held_ = ahead;
  context_->hold_input(ahead);
  if (held_ && !armed_)
    arm();
}

} // namespace weir::detail
