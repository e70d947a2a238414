#pragma once

#include "base/platform.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace weir {

/// Keeps a peer that errs a thousand times a second from filling the disk with log lines: lets `lines_max`
/// through in each second and counts the rest.
class line_limiter {
public:
  explicit line_limiter(std::uint32_t lines_max) : lines_max_{lines_max} {}

  /// Whether a line may be written now; if so, how many were left out since the last one.
  std::optional<std::uint64_t> admit(time_point now) {
    if (!begun_ || now - *begun_ >= std::chrono::seconds{1}) {
      begun_ = now;
      lines_ = 0;
    }
    if (lines_ == lines_max_) {
      ++left_out_;
      return std::nullopt;
    }
    ++lines_;
    return std::exchange(left_out_, 0);
  }

private:
  std::uint32_t lines_max_;
  std::uint32_t lines_ = 0;
  std::uint64_t left_out_ = 0;
  std::optional<time_point> begun_;
};

} // namespace weir
