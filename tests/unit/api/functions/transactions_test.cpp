#include "../../operators/modelled_sink.hpp"

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir;
using weir::testing::harness;
using weir::testing::harness_options;
using weir::testing::modelled_sink;
using weir::testing::outside_system;

namespace {

using number = std::uint64_t;
using numbers = std::vector<number>;

/// A piece that writes what is pushed to a system outside, and goes on from its snapshots.
struct written {
  explicit written(harness_options with = {.checkpoints = true}) : options{std::move(with)} { start(); }

  void start() {
    auto outside_of_this = outside;
    piece.emplace(
        [outside_of_this](const stream<number>& in) {
          in.rebalance().write_to(modelled_sink{outside_of_this});
          return in;
        },
        options);
  }
  /// Loses what is there; the next one goes on from `snapshot`.
  void restart(std::string snapshot) {
    piece.reset();
    options.snapshot = std::move(snapshot);
    ++options.attempt;
    start();
  }
  void push(const numbers& all) {
    for (number each : all)
      piece->push(each);
  }

  harness_options options;
  std::shared_ptr<outside_system> outside = std::make_shared<outside_system>();
  std::optional<harness<number(number)>> piece;
};

} // namespace

TEST_CASE("what is written shows when a checkpoint that has it is complete") {
  written sink;
  sink.push({1, 2});
  auto snapshot = sink.piece->snapshot();
  sink.push({3});
  CHECK(sink.outside->visible.empty());
  sink.piece->complete_checkpoint();
  CHECK(sink.outside->visible == numbers{1, 2});
}

TEST_CASE("what an aborted checkpoint would have committed shows with the next one, in order") {
  written sink;
  sink.push({1});
  (void)sink.piece->snapshot();
  sink.piece->abort_checkpoint();
  CHECK(sink.outside->visible.empty());
  sink.push({2});
  (void)sink.piece->snapshot();
  sink.piece->complete_checkpoint();
  CHECK(sink.outside->visible == numbers{1, 2});
}

TEST_CASE("a sink that goes on commits what its snapshot lists, and aborts what came after") {
  written sink;
  sink.push({1});
  auto snapshot = sink.piece->snapshot();
  sink.push({2});
  (void)sink.piece->snapshot();
  CHECK(sink.outside->visible.empty());
  sink.restart(snapshot);
  CHECK(sink.outside->visible == numbers{1});
  CHECK(sink.outside->prepared().empty());
  sink.push({2});
  (void)sink.piece->snapshot();
  sink.piece->complete_checkpoint();
  CHECK(sink.outside->visible == numbers{1, 2});
}

TEST_CASE("what a snapshot lists may have been committed before") {
  written sink;
  sink.push({1});
  auto snapshot = sink.piece->snapshot();
  sink.piece->complete_checkpoint();
  sink.restart(snapshot);
  CHECK(sink.outside->visible == numbers{1});
}

TEST_CASE("a sink that is closed in the middle of a transaction rolls it back") {
  written sink;
  sink.push({1});
  sink.piece.reset();
  CHECK(sink.outside->at("1000000").at == outside_system::phase::aborted);
}

TEST_CASE("without checkpoints the sink commits at the end of its input") {
  written sink{{}};
  sink.push({1, 2});
  CHECK(sink.outside->visible.empty());
  sink.piece->end();
  CHECK(sink.outside->visible == numbers{1, 2});
}

TEST_CASE("with checkpoints the end of the input waits for one") {
  environment env;
  auto outside = std::make_shared<outside_system>();
  env.from(from_elements<number>({1, 2, 3})).write_to(modelled_sink{outside});
  auto job = weir::testing::piece::make(env, {.checkpoints = true});
  CHECK_FALSE(job->is_done());
  (void)job->snapshot();
  CHECK_FALSE(job->is_done());
  job->complete_checkpoint(job->last_checkpoint());
  CHECK(job->is_done());
  CHECK(outside->visible == numbers{1, 2, 3});
}

TEST_CASE("a job that is canceled leaves nothing prepared") {
  environment env;
  auto outside = std::make_shared<outside_system>();
  env.from(from_elements<number>({1, 2, 3})).write_to(modelled_sink{outside});
  auto job = weir::testing::piece::make(env, {.checkpoints = true});
  (void)job->snapshot();
  CHECK(outside->prepared().size() == 1);
  job->discard();
  CHECK(outside->prepared().empty());
  CHECK(outside->visible.empty());
}

TEST_CASE("no two transactions have the same name") {
  written sink{{.parallelism = 3, .checkpoints = true}};
  std::string snapshot;
  for (int attempt = 0; attempt < 3; ++attempt) {
    for (int checkpoint = 0; checkpoint < 4; ++checkpoint) {
      sink.push({1, 2, 3, 4, 5, 6});
      snapshot = sink.piece->snapshot();
    }
    sink.restart(snapshot);
  }
  const auto& names = sink.outside->names;
  CHECK(names.size() == 3 * 4 * 3);
  CHECK(std::set<std::string>{names.begin(), names.end()}.size() == names.size());
}

TEST_CASE("a sink is told whether the job goes on, and which sink it is") {
  struct told {
    bool restored = false;
    std::string sink;
  };
  struct telling : transactional_sink<number> {
    explicit telling(std::shared_ptr<told> to) : what{std::move(to)} {}
    void open(sink_context& context) override { *what = {context.restored(), context.sink()}; }
    void fence() override {}
    void begin(const std::string&) override {}
    void write(const number&) override {}
    std::string prepare() override { return {}; }
    void roll_back() override {}
    void commit(const std::string&) override {}
    void abort(const std::string&) override {}
    std::vector<std::string> leftovers() override { return {}; }
    std::shared_ptr<told> what;
  };
  auto first = std::make_shared<told>(), second = std::make_shared<told>();
  auto piece_to = [](const std::shared_ptr<told>& what) {
    return [what](const stream<number>& in) {
      in.write_to(telling{what});
      return in;
    };
  };
  harness<number(number)> before{piece_to(first), {.checkpoints = true}};
  harness<number(number)> after{piece_to(second), {.snapshot = before.snapshot(), .checkpoints = true}};
  CHECK_FALSE(first->restored);
  CHECK(second->restored);
  CHECK(first->sink.size() == 32);
  CHECK(first->sink == second->sink);
}
