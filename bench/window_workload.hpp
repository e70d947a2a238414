#pragma once

#include "workloads.hpp"

#include <cstdint>

/// Records with event times that are out of order, counted by key in windows.
namespace bench {

struct timed_key {
  std::uint64_t key;
  std::int64_t time_ms;
};

struct window_count {
  std::uint64_t key;
  std::int64_t end_ms; ///< of the window
  std::uint64_t count;
};

/// Equally frequent keys. A record is up to disorder_ms behind the time that the stream has come to.
class timed_stream {
public:
  static constexpr std::int64_t disorder_ms = 511;
  static constexpr std::int64_t begin_ms = 1'700'000'000'000;

  timed_stream(std::uint64_t distinct, std::uint64_t records_per_second)
      : distinct_{distinct}, ms_per_record_{(std::uint64_t{1000} << fraction_bits) / records_per_second} {}

  [[gnu::always_inline]] timed_key operator()(std::uint64_t i) const {
    std::uint64_t random = random_number(i);
    auto now = static_cast<std::int64_t>((i * ms_per_record_) >> fraction_bits);
    // The rank is made of the upper bits, the delay of the lower ones.
    return {key_below(distinct_, random), begin_ms + now - static_cast<std::int64_t>(random & disorder_ms)};
  }

private:
  static constexpr int fraction_bits = 24;

  std::uint64_t distinct_;
  std::uint64_t ms_per_record_; ///< in units of 2^-fraction_bits
};

/// The accumulator in which a job says how long the piece of event time took that was to be measured.
inline constexpr const char* measured_ms_name = "measured ms";

inline constexpr std::int64_t window_size_ms = 1000; ///< of tumbling windows, and the slide of sliding ones
inline constexpr std::int64_t sliding_windows = 60;  ///< that a record is in

/// What the count of a key in a window adds to the checksum. The window is left out: so the counts of sliding
/// windows come to sliding_windows times what those of tumbling ones come to.
[[gnu::always_inline]] inline std::uint64_t checksum_of(const window_count& counted) {
  return checksum_of(counted.key, counted.count);
}

} // namespace bench
