#include <weir/detail/watermark_clock.hpp>

#include "chained.hpp"

#include <chrono>

using namespace weir;
using namespace weir::testing;
using detail::watermark_clock;

namespace {

/// An operator that is nothing but a watermark_clock, in a chain of its own.
struct clock_operator final : detail::stream_operator {
  explicit clock_operator(detail::watermark_rules rules) : clock{std::move(rules)} {}
  void open(detail::operator_context& given) override { clock.open(given, false); }
  [[nodiscard]] bool makes_time() const override { return true; }
  void process(std::uint32_t, detail::batch_ptr&) override { clock.after_records(); }
  void on_processing_time(std::int64_t wall_ms) override { clock.on_tick(wall_ms); }
  watermark_clock clock;
};

struct ticking : chained {
  clock_operator* op = nullptr;

  void begin(detail::watermark_rules rules) {
    auto source = add("source", {}, plain("source"));
    auto timer = add("timer", {{source}}, [this, rules] {
      auto made = std::make_unique<clock_operator>(rules);
      op = made.get();
      return made;
    });
    auto outside = add("outside", {{timer}}, plain("outside"), true);
    vertex({source});
    vertex({timer});
    vertex({outside});
    connect();
    graph->watermark_interval_ms = 100;
    REQUIRE(
        start(1, {{0, 1}}, {{1, &exit, [this](bool idle) { notes.push_back(idle ? "idle" : "active"); }}}));
    take();
  }

  /// Processing time goes on, and who asked is told.
  void pass(std::int64_t ms) {
    platform.advance(std::chrono::milliseconds{ms});
    std::int64_t now = platform.clock().wall_ms();
    if (chain->wake_at_wall_ms() && *chain->wake_at_wall_ms() <= now)
      REQUIRE(chain->on_processing_time(now));
  }
};

} // namespace

TEST_CASE_FIXTURE(ticking, "a stream at rest asks for no processing time") {
  begin({});
  CHECK_FALSE(chain->wake_at_wall_ms());
  REQUIRE(send(0, two));
  op->clock.said().emit(5);
  CHECK(chain->wake_at_wall_ms());
  pass(100);
  CHECK(take() == diary{"exit.time 5"});
  pass(100);
  CHECK_FALSE(chain->wake_at_wall_ms());
}

TEST_CASE_FIXTURE(ticking, "a stream is idle after as long a silence as was said, and no later record") {
  begin({.idle_after_ms = 500});
  for (int i = 0; i < 4; ++i)
    pass(100);
  CHECK(take().empty());
  REQUIRE(send(0, two)); // begins anew
  for (int i = 0; i < 5; ++i)
    pass(100);
  CHECK(take().empty());
  pass(100);
  CHECK(take() == diary{"idle"});
  CHECK_FALSE(chain->wake_at_wall_ms());
}

TEST_CASE_FIXTURE(ticking, "a task that could not go on for long was not silent so long") {
  begin({.idle_after_ms = 500});
  pass(60'000);
  CHECK(take().empty());
  for (int i = 0; i < 4; ++i)
    pass(100);
  CHECK(take() == diary{"idle"});
}
