#include "two_phase_walk.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace weir::testing;

namespace {

/// Notes what is asked of an output.
struct noting_output final : detail::transaction_output {
  void fence() override { notes.emplace_back("fence"); }
  void begin() override { notes.emplace_back("begin"); }
  std::string prepare() override {
    notes.emplace_back("prepare");
    return "t" + std::to_string(++prepared);
  }
  void commit(const std::string& handle) override { notes.push_back("commit " + handle); }
  void abort(const std::string& handle) override { notes.push_back("abort " + handle); }
  void abort_leftovers() override { notes.emplace_back("abort leftovers"); }
  std::string committed_since_snapshot() override {
    notes.emplace_back("look");
    return shows;
  }

  std::vector<std::string> take() { return std::exchange(notes, {}); }

  std::vector<std::string> notes;
  int prepared = 0;
  std::string shows; ///< of what came after the snapshot
};

using notes = std::vector<std::string>;

/// An attempt with an output that notes.
struct attempt {
  explicit attempt(manual_context::who of = {}, element_snapshot restored = {}, std::string shows = {})
      : context{std::move(of), *system, std::move(restored)} {
    output.shows = std::move(shows);
    phases.open(context);
  }
  void write_and_pass(std::uint64_t checkpoint) {
    phases.begin();
    phases.before_snapshot(checkpoint);
  }

  std::unique_ptr<platform> system = make_system_platform();
  manual_context context;
  noting_output output;
  detail::two_phase_commit phases{output};
};

} // namespace

TEST_CASE("a sink commits what was prepared up to the complete checkpoint, oldest first") {
  attempt sink;
  CHECK(sink.output.take() == notes{"fence", "abort leftovers"});
  sink.write_and_pass(4);
  sink.write_and_pass(7);
  sink.write_and_pass(9);
  CHECK(sink.output.take() == notes{"begin", "prepare", "begin", "prepare", "begin", "prepare"});
  sink.phases.on_checkpoint_completed(8);
  CHECK(sink.output.take() == notes{"commit t1", "commit t2"});
  CHECK_FALSE(sink.phases.committed());
  sink.phases.on_checkpoint_completed(8);
  CHECK(sink.output.take().empty());
  sink.phases.on_checkpoint_completed(9);
  CHECK(sink.output.take() == notes{"commit t3"});
  CHECK(sink.phases.committed());
}

TEST_CASE("a barrier without records in front of it prepares nothing") {
  attempt sink;
  sink.output.take();
  sink.phases.before_snapshot(1);
  sink.phases.on_checkpoint_completed(1);
  CHECK(sink.output.take().empty());
  CHECK(sink.context.snapshot().at("weir: prepared").empty());
}

TEST_CASE("records of one transaction begin it once") {
  attempt sink;
  sink.output.take();
  sink.phases.begin();
  sink.phases.begin();
  CHECK(sink.output.take() == notes{"begin"});
  CHECK_FALSE(sink.phases.committed());
}

TEST_CASE("a restored sink fences, commits what its snapshot lists, and then aborts the rest") {
  attempt before;
  before.write_and_pass(1);
  before.write_and_pass(2);
  auto snapshot = before.context.snapshot();
  before.write_and_pass(3);
  attempt after{{.attempt = 2}, snapshot};
  CHECK(after.output.take() == notes{"fence", "commit t1", "commit t2", "abort leftovers"});
  CHECK(after.phases.committed());
  CHECK(after.context.snapshot().at("weir: prepared").empty());
}

TEST_CASE("a sink that goes back looks first, and leaves what is prepared until a checkpoint is complete") {
  attempt before;
  before.write_and_pass(1);
  attempt after{{.attempt = 2, .goes_back = true}, before.context.snapshot()};
  CHECK(after.output.take() == notes{"fence", "look", "commit t1"});
  after.phases.on_checkpoint_completed(3);
  CHECK(after.output.take() == notes{"abort leftovers"});
  after.phases.on_checkpoint_completed(4);
  CHECK(after.output.take().empty());
}

TEST_CASE("a sink that goes back removes what is prepared when the job ends") {
  attempt after{{.attempt = 2, .goes_back = true}};
  after.output.take();
  after.phases.discard();
  CHECK(after.output.take() == notes{"abort leftovers"});
}

TEST_CASE("a sink does not go back behind what it has committed") {
  CHECK_THROWS_WITH_AS((attempt{{.attempt = 2, .goes_back = true}, {}, "part-0-7 is committed"}),
                       "part-0-7 is committed", detail::cannot_go_back);
  CHECK_NOTHROW((attempt{{.attempt = 2}, {}, "part-0-7 is committed"}));
}

TEST_CASE("at another parallelism each listed transaction is committed by one subtask") {
  element_snapshot snapshot;
  for (std::uint32_t subtask = 0; subtask < 5; ++subtask) {
    attempt before{{.subtask = subtask, .parallelism = 5}};
    before.output.prepared = static_cast<int>(10 * subtask);
    before.write_and_pass(1);
    auto states = before.context.snapshot();
    auto& all = snapshot["weir: prepared"];
    all.insert(all.end(), states["weir: prepared"].begin(), states["weir: prepared"].end());
  }
  attempt first{{.subtask = 0, .parallelism = 2}, snapshot},
      second{{.subtask = 1, .parallelism = 2}, snapshot};
  CHECK(first.output.take() == notes{"fence", "commit t1", "commit t21", "commit t41", "abort leftovers"});
  CHECK(second.output.take() == notes{"fence", "commit t11", "commit t31", "abort leftovers"});
}

TEST_CASE("without checkpoints a sink commits at the end of its input") {
  attempt sink{{.checkpoints = false}};
  sink.output.take();
  sink.phases.begin();
  sink.phases.before_snapshot(1);
  CHECK(sink.output.take() == notes{"begin"});
  sink.phases.end_of_input();
  CHECK(sink.output.take() == notes{"prepare", "commit t1"});
  CHECK(sink.phases.committed());
}

TEST_CASE("with checkpoints the end of the input waits for one") {
  attempt sink;
  sink.phases.begin();
  sink.output.take();
  sink.phases.end_of_input();
  CHECK(sink.output.take().empty());
  CHECK_FALSE(sink.phases.committed());
}

TEST_CASE("a job that is canceled leaves nothing prepared") {
  attempt sink;
  sink.write_and_pass(1);
  sink.write_and_pass(2);
  sink.output.take();
  sink.phases.discard();
  CHECK(sink.output.take() == notes{"abort t1", "abort t2"});
  CHECK(sink.phases.committed());
}

TEST_CASE("a snapshot that is no list of transactions is refused") {
  CHECK_THROWS_AS((attempt{{}, {{"weir: prepared", {"x"}}}}), detail::state_error);
}

TEST_CASE(
    "whatever fails and whenever, each record shows once, in a complete checkpoint, and nothing is left") {
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    CAPTURE(seed);
    REQUIRE(two_phase_walk{seed}.run(200) == "");
  }
}
