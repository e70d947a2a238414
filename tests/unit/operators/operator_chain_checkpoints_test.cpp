#include "chained.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace weir;
using namespace weir::testing;

namespace {

/// Notes what it hears of checkpoints.
struct noting_checkpoints : noting {
  using noting::noting;

  void before_snapshot(std::uint64_t checkpoint) override { note("before " + std::to_string(checkpoint)); }
  void on_checkpoint_completed(std::uint64_t checkpoint) override {
    note("completed " + std::to_string(checkpoint));
    if (fails)
      throw std::runtime_error{"the disk is full"};
  }
  void on_checkpoint_aborted(std::uint64_t checkpoint) override {
    note("aborted " + std::to_string(checkpoint));
  }
  [[nodiscard]] bool committed() const override { return is_committed; }
  void discard() override {
    note("discard");
    if (fails)
      throw std::runtime_error{"the disk is full"};
  }

  bool fails = false;
  bool is_committed = true;
};

struct checkpointed : chained {
  checkpointed() {
    auto source = add("source", {}, plain("source"));
    auto a = add("a", {{source}}, kept(first, "a"));
    auto b = add("b", {{a}}, kept(second, "b"), true);
    vertex({source});
    vertex({a, b});
    connect();
    REQUIRE(start(1, {{0, 1}}));
    take();
  }

  detail::operator_factory kept(noting_checkpoints*& in, std::string name) {
    return [this, &in, name] {
      auto made = std::make_unique<noting_checkpoints>(notes, name);
      in = made.get();
      return made;
    };
  }

  noting_checkpoints* first = nullptr;
  noting_checkpoints* second = nullptr;
};

} // namespace

TEST_CASE_FIXTURE(checkpointed, "operators hear of a checkpoint before its snapshot, and what became of it") {
  REQUIRE(chain->freeze(7, detail::cut_kind::full));
  CHECK(take() == diary{"a.before 7", "b.before 7"});
  REQUIRE(chain->notify_aborted(7));
  CHECK(take() == diary{"a.aborted 7", "b.aborted 7"});
  REQUIRE(chain->freeze(8, detail::cut_kind::full));
  take();
  REQUIRE(chain->notify_completed(8));
  CHECK(take() == diary{"a.completed 8", "b.completed 8"});
}

TEST_CASE_FIXTURE(checkpointed, "an operator that cannot commit is named") {
  second->fails = true;
  auto told = chain->notify_completed(1);
  REQUIRE_FALSE(told);
  CHECK(told.failure().message() == "operator 'b': the disk is full");
}

TEST_CASE_FIXTURE(checkpointed, "a chain is committed when each of its operators is") {
  CHECK(chain->committed());
  first->is_committed = false;
  CHECK_FALSE(chain->committed());
  first->is_committed = true;
  second->is_committed = false;
  CHECK_FALSE(chain->committed());
}

TEST_CASE_FIXTURE(checkpointed, "at the end of a job each operator discards, also when one cannot") {
  first->fails = true;
  auto discarded = chain->discard();
  REQUIRE_FALSE(discarded);
  CHECK(discarded.failure().message() == "operator 'a': the disk is full");
  CHECK(take() == diary{"a.discard", "b.discard"});
}

TEST_CASE_FIXTURE(chained, "to end what earlier attempts have prepared, only sinks that commit are opened") {
  auto source = add("source", {}, plain("source"));
  auto doubled = add("doubled", {{source}}, plain("doubled"));
  auto written = add("written", {{doubled}}, plain("written"), true);
  auto printed = add("printed", {{doubled}}, plain("printed"), true);
  vertex({source});
  vertex({doubled, written, printed});
  connect();
  graph->vertices[1].operators[1].kind = "write_to";
  chain_setup setup{*graph, *code, attempt_id{.vertex = 1}, platform, canceled, 100, alignment, {}, {}};
  setup.only_sinks = true;
  auto made = operator_chain::make(std::move(setup));
  REQUIRE(made);
  REQUIRE((*made)->open());
  (*made)->close();
  CHECK(take() == diary{"written.open", "written.close"});
}
