#include "operators/operator_metrics_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using namespace weir;
using detail::accumulator_kind;
using detail::metric_kind;

namespace {

struct hand_clock final : weir::clock {
  time_point now() override { return current; }
  std::int64_t wall_ms() override { return 0; }
  time_point current{};
};

} // namespace

TEST_CASE("a name gives the same accumulator or metric, whoever asks") {
  hand_clock clock;
  operator_metrics_store store{clock};
  store.accumulator("late", accumulator_kind::long_sum).integer = 3;
  CHECK(store.accumulator("late", accumulator_kind::long_sum).integer == 3);
  store.metric("late", metric_kind::counter).value = 4; // metrics have names of their own
  REQUIRE(store.accumulators().size() == 1);
  REQUIRE(store.metrics().size() == 1);
  CHECK(store.metrics()[0].value == 4);
}

TEST_CASE("a name with another kind, a bad name and too many names are refused") {
  hand_clock clock;
  operator_metrics_store store{clock};
  store.metric("depth", metric_kind::gauge);
  CHECK_THROWS_WITH_AS(store.metric("depth", metric_kind::meter),
                       "the metric \"depth\" is there with another kind", std::invalid_argument);
  CHECK_THROWS_AS(store.metric("", metric_kind::gauge), std::invalid_argument);
  CHECK_THROWS_AS(store.accumulator(std::string(256, 'x'), accumulator_kind::average), std::invalid_argument);
  for (std::size_t i = 1; i < operator_metrics_store::names_max; ++i)
    store.metric(std::to_string(i), metric_kind::counter);
  CHECK_THROWS_WITH_AS(store.accumulator("one more", accumulator_kind::average),
                       doctest::Contains("more than the 1000"), std::invalid_argument);
  store.metric("1", metric_kind::counter);
}

TEST_CASE("a gauge is asked when somebody looks") {
  hand_clock clock;
  operator_metrics_store store{clock};
  double depth = 1;
  store.gauge("depth", &depth, [](const void* of) { return *static_cast<const double*>(of); });
  depth = 7;
  CHECK(store.metrics()[0].value == 7);
}

TEST_CASE("a meter shows the events of a second over the last minute") {
  hand_clock clock;
  operator_metrics_store store{clock};
  auto& meter = store.metric("clicks", metric_kind::meter);
  for (int second = 1; second <= 30; ++second) {
    clock.current += 1s;
    meter.value += 10;
    CHECK(store.metrics()[0].rate == doctest::Approx(10));
  }
  for (int second = 1; second <= 60; ++second) {
    clock.current += 1s;
    store.metrics();
  }
  CHECK(store.metrics()[0].rate == 0);
  CHECK(store.metrics()[0].value == 300);
}
