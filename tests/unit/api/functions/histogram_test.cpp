#include <weir/detail/histogram.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace weir::detail;

TEST_CASE("a bucket is at most 1/16 of its values wide, on both sides of zero") {
  std::mt19937_64 random{1};
  for (int i = 0; i < 100'000; ++i) {
    double value =
        std::ldexp(1.0 + static_cast<double>(random() % 1000) / 1000, static_cast<int>(random() % 120) - 60);
    double back = bucket_value(bucket_of(value));
    CHECK(std::abs(back - value) <= value / 32 * 1.001);
    CHECK(bucket_of(-value) == -bucket_of(value));
  }
}

TEST_CASE("buckets ascend with the values") {
  CHECK(bucket_of(0) == 0);
  CHECK(bucket_of(-0.0) == 0);
  CHECK(bucket_of(std::numeric_limits<double>::denorm_min()) == 0);
  CHECK(bucket_of(std::ldexp(1.0, -64)) == 1);
  CHECK(bucket_of(std::numeric_limits<double>::infinity()) == last_bucket);
  CHECK(bucket_of(std::numeric_limits<double>::max()) == last_bucket);
  for (double value = 0.01; value < 1000; value *= 1.01)
    CHECK(bucket_of(value) <= bucket_of(value * 1.01));
}

TEST_CASE("quantiles are within 1/16 of those of the sorted values") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    std::vector<double> values;
    histogram_counts whole, parts[3];
    for (std::size_t i = 1 + random() % 5000; i != 0; --i) {
      double value = std::exp(static_cast<double>(random() % 2000) / 100 - 10) * (random() % 4 == 0 ? -1 : 1);
      values.push_back(value);
      add_value(whole, value);
      add_value(parts[random() % 3], value);
    }
    std::ranges::sort(values);
    histogram_counts merged;
    for (const auto& part : parts)
      merge(merged, part);
    CHECK(merged.buckets.size() <= whole.buckets.size());
    CHECK(merged.count == whole.count);
    CHECK(merged.min == values.front());
    CHECK(merged.max == values.back());
    for (double q : {0.01, 0.5, 0.75, 0.95, 0.99, 1.0}) {
      double exact = values[static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size()))) - 1];
      CHECK(std::abs(quantile(whole, q) - exact) <= std::abs(exact) / 16);
      CHECK(quantile(merged, q) == quantile(whole, q));
    }
  }
}

TEST_CASE("what is no number is not counted, and nothing has a quantile of 0") {
  histogram_counts counts;
  add_value(counts, std::numeric_limits<double>::quiet_NaN());
  CHECK(counts == histogram_counts{});
  CHECK(quantile(counts, 0.5) == 0);
}
