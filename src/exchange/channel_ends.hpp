#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "exchange/channel_options.hpp"

#include <cstdint>
#include <optional>

/// The protocol of one channel, without data: who may send how much, and what a break means.
///
///     consumer                               producer
///        │── open(opening 1, granted B) ───────▶│   not deployed yet: `not_yet`, and the same again later
///        │◀────────────────────────── opened ───│
///        │◀───────────────── unit 0 … unit n-1 ─│   only while sequence < granted
///        │── credit(granted = read + B) ───────▶│   a total, so that a repeated or late one does no harm
///        │◀──────────────────────── end, closes │
///
/// A unit is an item inside a process and a frame between two. A break before the first unit is repaired by
/// the consumer, which opens again with a higher number; after it, what was in flight is unknown and both
/// ends fail.
namespace weir {

/// The end that sends.
class producer_end {
public:
  enum class open_result : std::uint8_t {
    opened,  ///< answer so, also to a repeated `open`
    gone,    ///< an earlier opening has had units: this task must fail
    ignored, ///< a late copy of an earlier opening
  };

  open_result on_open(std::uint32_t opening, std::uint64_t granted_total);
  void on_credit(std::uint64_t granted_total);
  void on_closed() { state_ = state::closed; }

  /// The way to the consumer broke. False when units were sent: this task must fail.
  [[nodiscard]] bool on_lost();

  [[nodiscard]] bool is_open() const { return state_ == state::open; }
  [[nodiscard]] bool is_closed() const { return state_ == state::closed; }
  [[nodiscard]] bool may_send() const { return state_ == state::open && sent_ < granted_; }

  /// Takes one unit of the credit, and gives its sequence number. Requires may_send().
  std::uint64_t take_sequence() { return sent_++; }

  /// The last unit is sent: a break is the consumer's matter from now on.
  void end() { ended_ = true; }

private:
  enum class state : std::uint8_t { waiting, open, closed };

  state state_ = state::waiting;
  bool ended_ = false;
  std::uint32_t opening_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t granted_ = 0;
};

/// The end that reads. Opens the channel, and tells what the other end may send.
class consumer_end {
public:
  struct open_request {
    std::uint32_t opening = 0;
    std::uint64_t granted_total = 0;
  };

  explicit consumer_end(const channel_options& options)
      : options_{options}, granted_{options.buffers_per_channel} {}

  /// Begins to open, with a full grant.
  void start(time_point now);

  /// The `open` to send now, if one is due: the first, or the same again after a wait.
  std::optional<open_request> due(time_point now);

  /// When due() or timed_out() may change; none once the channel is open.
  [[nodiscard]] std::optional<time_point> wake_at() const;
  [[nodiscard]] bool timed_out(time_point now) const;

  void on_opened(std::uint32_t opening);

  /// True when it answers the present opening: this task must fail. Not once the channel is open: then a
  /// repeated `open` has come to a producer that has sent all and ended.
  [[nodiscard]] bool on_gone(std::uint32_t opening) const;

  /// The way to the producer broke. False when units have come: this task must fail. Else it opens again.
  [[nodiscard]] bool on_lost(time_point now);

  /// A unit came. Fails when it is not the next one, or was never granted.
  result<void> on_unit(std::uint64_t sequence);

  /// A unit was read and its memory is free.
  void on_read() { ++read_; }

  /// True when enough was read since the last grant that another is worth its message.
  [[nodiscard]] bool grant_is_due() const;

  /// The new total to tell the producer.
  std::uint64_t take_grant();

  void end() { state_ = state::ended; }
  [[nodiscard]] bool has_ended() const { return state_ == state::ended; }
  [[nodiscard]] std::uint64_t units_waiting() const { return received_ - read_; }

private:
  enum class state : std::uint8_t { idle, opening, open, ended };

  void begin(time_point now);

  channel_options options_;
  state state_ = state::idle;
  std::uint32_t opening_ = 0;
  time_point retry_at_{};
  time_point give_up_at_{};
  std::chrono::milliseconds retry_wait_{};
  std::uint64_t received_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t granted_;
};

} // namespace weir
