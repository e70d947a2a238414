#include "test_operators.hpp"

#include "../../task/manual_platform.hpp"
#include "task/local_pipeline.hpp"

#include <weir/environment.hpp>
#include <weir/stream.hpp>
#include <weir/watermarks.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <vector>

using namespace time_test;
using namespace std::chrono_literals;

namespace {

/// Emits `burst` records {key, 0}, {key, 10}, … every `pause_ms` of processing time, and ends after `for_ms`.
struct pace {
  std::uint32_t key = 0;
  std::int64_t burst = 1;
  std::int64_t pause_ms = 100;
  std::int64_t for_ms = 60'000;
  std::int64_t count_max = 1'000'000;
};

class paced_source final : public weir::detail::source_operator {
public:
  explicit paced_source(pace how) : how_{how} {}

  void open(weir::detail::operator_context& context) override {
    context_ = &context;
    started_ = context.wall_ms();
    next_ = started_;
    out_.attach(context.out());
  }
  status poll() override {
    std::int64_t now = context_->wall_ms();
    if (now >= started_ + how_.for_ms)
      return status::ended;
    if (now < next_ || made_ >= how_.count_max)
      return status::idle;
    for (std::int64_t i = 0; i < how_.burst; ++i)
      out_.emit(timed{how_.key, made_++ * 10});
    out_.flush();
    next_ = now + how_.pause_ms;
    return how_.pause_ms > 0 ? status::idle : status::more;
  }
  [[nodiscard]] std::uint32_t retry_after_ms() const override { return 10; }

private:
  pace how_;
  weir::detail::operator_context* context_ = nullptr;
  std::int64_t started_ = 0;
  std::int64_t next_ = 0;
  std::int64_t made_ = 0;
  weir::collector<timed> out_;
};

weir::stream<timed> add_paced(weir::environment& env, pace how) {
  auto node = weir::detail::add_source(env, "paced", &weir::detail::record_type_of<timed>(),
                                       [how] { return std::make_unique<paced_source>(how); });
  return weir::stream<timed>{weir::detail::upstream::of(&env, node)};
}

/// What a test sees go by.
struct observed {
  std::map<std::int64_t, std::int64_t> watermarks; ///< processing time to event time
  std::map<std::uint32_t, std::int64_t> furthest;  ///< of each key's records
  std::int64_t widest_gap = 0;                     ///< between the keys 0 and 1
  std::int64_t records = 0;
};

class observer final : public weir::detail::stream_operator {
public:
  explicit observer(observed& to) : to_{to} {}
  void open(weir::detail::operator_context& context) override { context_ = &context; }
  void process(std::uint32_t, weir::detail::batch_ptr& records) override {
    auto& in = static_cast<weir::detail::batch<timed>&>(*records);
    for (std::uint32_t i = 0; i < in.size; ++i)
      to_.furthest[in.values()[i].key] = in.timestamps()[i];
    to_.records += in.size;
    if (to_.furthest.size() == 2)
      to_.widest_gap = std::max(to_.widest_gap, std::abs(to_.furthest[0] - to_.furthest[1]));
  }
  void on_watermark(weir::detail::event_time time) override { to_.watermarks[context_->wall_ms()] = time; }

private:
  observed& to_;
  weir::detail::operator_context* context_ = nullptr;
};

struct way {
  bool chaining;
  bool encoded;
};
constexpr way all_ways[] = {{true, false}, {false, false}, {false, true}};

/// Runs on virtual time.
void run(const weir::environment& env, way how, std::int64_t interval_ms = 200) {
  auto compiled =
      weir::compile(env.graph(), {.chaining = how.chaining, .watermark_interval_ms = interval_ms});
  REQUIRE(compiled);
  auto graph = std::make_shared<const weir::job_graph>(std::move(*compiled));
  std::shared_ptr<const weir::detail::stream_graph> code{std::shared_ptr<void>{}, &env.graph()};
  weir::testing::manual_platform platform;
  weir::local_pipeline::options options;
  options.is_local = [how](const weir::channel_id&) { return !how.encoded; };
  options.sleep_until = [&](weir::time_point at) { platform.advance_to(at); };
  weir::local_pipeline pipeline{graph, code, platform, options};
  auto result = pipeline.run();
  CHECK_MESSAGE(result, (result ? "" : result.failure().message()));
}

void observe(const weir::stream<timed>& records, observed& to) {
  weir::detail::add_node(records.from(), "observer", nullptr,
                         [&to] { return std::make_unique<observer>(to); });
}

} // namespace

TEST_CASE("watermarks go out every interval") {
  for (way how : all_ways) {
    weir::environment env;
    observed seen;
    observe(add_paced(env, {.pause_ms = 10, .for_ms = 10'000})
                .assign_timestamps(weir::watermarks::monotonous(&timed::value)),
            seen);
    run(env, how, 500);
    CHECK(seen.records == 1000);
    CHECK(seen.watermarks.size() >= 19);
    CHECK(seen.watermarks.size() <= 21);
  }
}

TEST_CASE("a source that has gone silent holds time back until it counts as idle") {
  for (bool idleness : {true, false})
    for (way how : all_ways) {
      CAPTURE(idleness);
      CAPTURE(how.chaining);
      weir::environment env;
      observed seen;
      auto strategy = weir::watermarks::monotonous(&timed::value);
      auto busy = add_paced(env, {.key = 0, .burst = 10}).assign_timestamps(strategy);
      auto silent = add_paced(env, {.key = 1, .count_max = 1})
                        .assign_timestamps(idleness ? strategy.idle_after(2s) : strategy);
      observe(busy.union_with(silent), seen);
      run(env, how);
      REQUIRE_FALSE(seen.watermarks.empty());
      // Event time goes as fast as processing time here, from the beginning on.
      std::int64_t end = seen.watermarks.rbegin()->first, began = end - 60'000;
      for (auto [wall, time] : seen.watermarks)
        if (time != weir::detail::max_event_time && wall < end - 1000) {
          if (!idleness || wall < began + 1500)
            CHECK(time == -1);
          else if (wall > began + 3000)
            CHECK(time > wall - began - 1000);
        }
      if (idleness)
        CHECK(seen.watermarks.size() > 250);
    }
}

TEST_CASE("a source that is ahead of its group by more than the drift waits for the others") {
  for (bool aligned : {true, false})
    for (way how : all_ways) {
      CAPTURE(aligned);
      CAPTURE(how.chaining);
      weir::environment env;
      observed seen;
      auto strategy = weir::watermarks::monotonous(&timed::value);
      if (aligned)
        strategy = strategy.align("group", 1s);
      auto fast = add_paced(env, {.key = 0, .burst = 20, .pause_ms = 10, .count_max = 2000})
                      .assign_timestamps(strategy);
      auto slow = add_paced(env, {.key = 1, .burst = 2, .pause_ms = 20, .count_max = 2000})
                      .assign_timestamps(strategy);
      observe(fast.union_with(slow), seen);
      run(env, how);
      CHECK(seen.records == 4000);
      // The drift, what is on its way when the source is stopped, and what the slow one does in an interval.
      constexpr std::int64_t bound = 1000 + 17 * 200 + 400;
      if (aligned)
        CHECK(seen.widest_gap <= bound);
      else
        CHECK(seen.widest_gap > bound);
    }
}

TEST_CASE("a member of a group that is idle or has ended does not hold the others") {
  for (way how : all_ways) {
    weir::environment env;
    observed seen;
    auto strategy = weir::watermarks::monotonous(&timed::value).align("group", 1s);
    auto running = add_paced(env, {.key = 0, .burst = 10}).assign_timestamps(strategy);
    auto idle = add_paced(env, {.key = 1, .count_max = 0}).assign_timestamps(strategy.idle_after(1s));
    auto ended = add_paced(env, {.key = 1, .for_ms = 1000}).assign_timestamps(strategy);
    observe(running.union_with(idle, ended), seen);
    run(env, how);
    CHECK(seen.furthest[0] > 50'000);
  }
}
