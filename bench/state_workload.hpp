#pragma once

#include "workloads.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

/// Keyed state that is larger than its memory, written once for both sides: each record reads the value of
/// its key, which has 100 bytes, counts it up and writes it back.
namespace bench {

/// Ranks below `distinct`, drawn alike or by Zipf's law with exponent 0.99. A function of the record's
/// number alone, so that both sides see the same records.
class rank_sequence {
public:
  enum class shape : std::uint8_t { uniform, zipf };

  rank_sequence(std::uint64_t distinct, shape of) : distinct_{distinct}, shape_{of} {
    if (of == shape::uniform)
      return;
    // Gray et al., "Quickly generating billion-record synthetic databases"; the sum's tail as an integral.
    constexpr std::uint64_t exact = 1'000'000;
    std::uint64_t terms = std::min(distinct, exact);
    for (std::uint64_t i = 1; i <= terms; ++i)
      sum_ += std::pow(1.0 / static_cast<double>(i), theta);
    auto power = [](std::uint64_t n) { return std::pow(static_cast<double>(n), 1 - theta); };
    if (distinct > terms)
      sum_ += (power(distinct) - power(terms)) / (1 - theta);
    double first_two = 1 + std::pow(0.5, theta);
    second_ = first_two;
    eta_ = (1 - std::pow(2.0 / static_cast<double>(distinct), 1 - theta)) / (1 - first_two / sum_);
  }

  [[nodiscard]] std::uint64_t operator()(std::uint64_t i) const {
    std::uint64_t random = random_number(i);
    if (shape_ == shape::uniform)
      return static_cast<std::uint64_t>((static_cast<unsigned __int128>(random) * distinct_) >> 64);
    double u = static_cast<double>(random >> 11) * 0x1p-53;
    double part = u * sum_;
    if (part < 1)
      return 0;
    if (part < second_)
      return 1;
    auto rank = static_cast<std::uint64_t>(static_cast<double>(distinct_) *
                                           std::pow(eta_ * u - eta_ + 1, 1 / (1 - theta)));
    return std::min(rank, distinct_ - 1);
  }

private:
  static constexpr double theta = 0.99;

  std::uint64_t distinct_;
  shape shape_;
  double sum_ = 0;
  double second_ = 0;
  double eta_ = 0;
};

/// Key of a rank: frequent ranks are not neighbours.
[[gnu::always_inline]] inline std::uint64_t key_of_rank(std::uint64_t rank) {
  return scramble(rank + 0x2545f4914f6cdd1du);
}

/// 100 bytes of content.
struct counted_value {
  std::uint64_t count = 0;
  std::array<char, 92> payload{};
};

inline counted_value counted_value_of(std::uint64_t key) {
  counted_value value;
  for (std::size_t i = 0; i + 8 <= value.payload.size(); i += 8) {
    std::uint64_t random = scramble(key + i);
    std::memcpy(value.payload.data() + i, &random, 8);
  }
  return value;
}

} // namespace bench
