#include "exchange/channel_ends.hpp"

#include <algorithm>
#include <string>

namespace weir {

producer_end::open_result producer_end::on_open(std::uint32_t opening, std::uint64_t granted_total) {
  if (state_ == state::closed || opening < opening_)
    return open_result::ignored;
  if (opening > opening_ && sent_ > 0) {
    state_ = state::closed;
    return open_result::gone;
  }
  // A new opening starts its grants anew; adding to the old one would count a grant twice.
  granted_ = opening > opening_ ? granted_total : std::max(granted_, granted_total);
  opening_ = opening;
  state_ = state::open;
  return open_result::opened;
}

void producer_end::on_credit(std::uint64_t granted_total) {
  granted_ = std::max(granted_, granted_total);
}

bool producer_end::on_lost() {
  if (state_ == state::closed || ended_)
    return true;
  if (sent_ > 0)
    return false;
  state_ = state::waiting;
  granted_ = 0;
  return true;
}

void consumer_end::start(time_point now) {
  give_up_at_ = now + options_.open_timeout;
  begin(now);
}

void consumer_end::begin(time_point now) {
  state_ = state::opening;
  ++opening_;
  retry_at_ = now;
  retry_wait_ = options_.open_retry_initial;
}

std::optional<consumer_end::open_request> consumer_end::due(time_point now) {
  if (state_ != state::opening || now < retry_at_)
    return std::nullopt;
  retry_at_ = now + retry_wait_;
  retry_wait_ = std::min(retry_wait_ * 2, options_.open_retry_max);
  return open_request{opening_, granted_};
}

std::optional<time_point> consumer_end::wake_at() const {
  if (state_ != state::opening)
    return std::nullopt;
  return std::min(retry_at_, give_up_at_);
}

bool consumer_end::timed_out(time_point now) const {
  return state_ == state::opening && now >= give_up_at_;
}

void consumer_end::on_opened(std::uint32_t opening) {
  if (state_ == state::opening && opening == opening_)
    state_ = state::open;
}

bool consumer_end::on_gone(std::uint32_t opening) const {
  return opening == opening_ && state_ == state::opening;
}

bool consumer_end::on_lost(time_point now) {
  if (state_ == state::ended || state_ == state::idle)
    return true;
  if (received_ > 0)
    return false;
  // Opening again at once would hammer a worker that is down; and two breaks in a row must not prolong the
  // wait.
  if (state_ == state::open)
    give_up_at_ = now + options_.open_timeout;
  begin(now);
  retry_at_ = now + retry_wait_;
  return true;
}

result<void> consumer_end::on_unit(std::uint64_t sequence) {
  if (state_ == state::ended)
    return error{errc::corrupt, "data after the end of the channel"};
  if (state_ == state::idle)
    return error{errc::corrupt, "data on a channel that was never opened"};
  if (sequence != received_)
    return error{errc::corrupt,
                 "expected number " + std::to_string(received_) + ", got " + std::to_string(sequence)};
  if (sequence >= granted_)
    return error{errc::corrupt, "number " + std::to_string(sequence) + " was sent, but only " +
                                    std::to_string(granted_) + " were granted"};
  state_ = state::open; // the answer to `open` was overtaken by a retry; data is as good
  ++received_;
  return {};
}

bool consumer_end::grant_is_due() const {
  std::uint64_t unannounced = read_ + options_.buffers_per_channel - granted_;
  return unannounced * 2 >= options_.buffers_per_channel;
}

std::uint64_t consumer_end::take_grant() {
  granted_ = read_ + options_.buffers_per_channel;
  return granted_;
}

} // namespace weir
