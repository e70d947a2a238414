#include "in_the_middle.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::testing;
using outcome = run_outcome::kind;

namespace {

/// Adds up values, and keeps the sum as state of the operator.
struct kept_sum final : detail::stream_operator {
  explicit kept_sum(std::uint64_t& shown) : sum{shown} {}

  void open(detail::operator_context& context) override {
    out = context.out();
    detail::state_type type;
    type.name = "sum";
    type.kind = detail::state_kind::operator_list;
    type.value = "u64";
    context.states().add_elements(type, this, [](void* of, std::vector<std::string>& to) {
      to.push_back(std::to_string(static_cast<kept_sum*>(of)->sum));
    });
  }
  void process(std::uint32_t, detail::batch_ptr& records) override {
    for (const entry& one : records_of<entry>(*records))
      sum += one.value;
    out->emit(records);
  }

  std::uint64_t& sum;
  detail::output* out = nullptr;
};

struct noting_checkpoints final : checkpoint_transport {
  void write_snapshot(checkpoint_id checkpoint, snapshot_head head,
                      std::vector<operator_state_cut> cuts) override {
    heads.push_back(head);
    for (const auto& cut : cuts)
      for (const auto& state : cut.operator_states)
        for (const auto& element : state.elements)
          written[checkpoint] += element;
  }
  void discard_snapshot(const snapshot_handle& file) override { discarded.push_back(file.path); }
  void acknowledge(checkpoint_id checkpoint, const snapshot_handle& state,
                   const checkpoint_timings&) override {
    acknowledged.emplace_back(checkpoint, state.path);
  }
  void decline(checkpoint_id checkpoint, const std::string& reason) override {
    declined.emplace_back(checkpoint, reason);
  }
  void end_data() override { ++ends; }

  std::vector<snapshot_head> heads;
  std::map<checkpoint_id, std::string> written;
  std::vector<std::string> discarded;
  std::vector<std::pair<checkpoint_id, std::string>> acknowledged;
  std::vector<std::pair<checkpoint_id, std::string>> declined;
  int ends = 0;
};

struct checkpointed : in_the_middle {
  checkpointed() {
    checkpoints = subtask_checkpoints{.transport = &coordinator};
    middle_operator = [this] { return std::make_unique<kept_sum>(sum); };
  }

  void arrive_barrier(std::uint32_t in, checkpoint_id id, checkpoint_id base = 0) {
    arrive_event(in, item_kind::barrier, id, base);
  }
  void written(checkpoint_id id) {
    task->on_snapshot_written(id, snapshot_handle{.path = "file-" + std::to_string(id)});
    run();
  }
  void trigger(checkpoint_id id) {
    task->on_trigger({.checkpoint = id});
    run();
  }
  void end_inputs(bool channels_too = true) {
    for (std::uint32_t in = 0; in < 3; ++in) {
      arrive_event(in, item_kind::end_of_data, 0);
      if (channels_too)
        arrive_event(in, item_kind::end_of_input, 0);
    }
    run();
  }
  using ids = std::vector<std::pair<checkpoint_id, std::string>>;

  noting_checkpoints coordinator;
  std::uint64_t sum = 0;
};

using kinds = std::vector<item_kind>;

} // namespace

TEST_CASE_FIXTURE(checkpointed,
                  "a snapshot has what came before the barriers, and nothing that came behind one") {
  open_all();
  arrive(0, {{1, 1}});
  arrive_barrier(0, 7);
  arrive(0, {{1, 100}});
  arrive(1, {{1, 10}});
  arrive_barrier(1, 7);
  run();
  CHECK(sum == 11);
  CHECK(coordinator.written.empty());
  arrive(2, {{1, 1000}});
  arrive_barrier(2, 7);
  run();
  CHECK(coordinator.written.at(7) == "1011");
  CHECK(sum == 1111); // the blocked channel goes on
  CHECK(coordinator.acknowledged.empty());
  written(7);
  CHECK(coordinator.acknowledged == ids{{7, "file-7"}});
  CHECK(coordinator.heads.front().task == "middle");
  CHECK(coordinator.heads.front().number == 7);
  CHECK(coordinator.heads.front().parent == 0);
}

TEST_CASE_FIXTURE(checkpointed,
                  "barriers go to every consumer, behind the records in the snapshot and before all others") {
  open_all(64);
  arrive(0, {{1, 1}, {2, 2}});
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_barrier(in, 3, 2);
  arrive(0, {{1, 1}, {2, 2}});
  run();
  task->run(100);
  std::size_t before = 0, after = 0;
  for (std::uint32_t out : {0, 1}) {
    CHECK(std::ranges::count(sent_kinds(out), item_kind::barrier) == 1);
    bool behind = false;
    for (const auto& sent : transport.items) {
      if (sent.out != out)
        continue;
      if (sent.item.kind == item_kind::barrier) {
        CHECK(sent.item.payload == 3);
        CHECK(sent.item.base == 2);
        behind = true;
      } else if (sent.item.kind == item_kind::batch) {
        (behind ? after : before) += 1;
      }
    }
  }
  CHECK(before == 1);
  CHECK(after == 1);
}

TEST_CASE_FIXTURE(checkpointed,
                  "a checkpoint that is given up lets blocked channels go on, and its file is dropped") {
  open_all();
  SUBCASE("while its barriers come") {
    arrive_barrier(0, 7);
    arrive(0, {{1, 5}});
    run();
    CHECK(sum == 0);
    task->on_checkpoint_aborted(7);
    run();
    CHECK(sum == 5);
    arrive_barrier(1, 7);
    arrive_barrier(2, 7);
    run();
    CHECK(coordinator.written.empty());
  }
  SUBCASE("while its file is written") {
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_barrier(in, 7);
    run();
    task->on_checkpoint_aborted(7);
    run();
    written(7);
    CHECK(coordinator.acknowledged.empty());
    CHECK(coordinator.discarded == std::vector<std::string>{"file-7"});
  }
}

TEST_CASE_FIXTURE(checkpointed,
                  "a file that cannot be written declines the checkpoint, and the task goes on") {
  open_all();
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_barrier(in, 7);
  run();
  task->on_snapshot_written(7, error{errc::failed, "no space left on device"});
  CHECK(run().what == outcome::wait);
  CHECK(coordinator.declined == ids{{7, "no space left on device"}});
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_barrier(in, 8);
  run();
  written(8);
  CHECK(coordinator.acknowledged == ids{{8, "file-8"}});
}

TEST_CASE_FIXTURE(checkpointed,
                  "a barrier that comes while a file is still written declines its checkpoint, but goes on") {
  open_all();
  for (checkpoint_id id : {7, 8})
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_barrier(in, id);
  run();
  REQUIRE(coordinator.declined.size() == 1);
  CHECK(coordinator.declined.front().first == 8);
  CHECK(std::ranges::count(sent_kinds(0), item_kind::barrier) == 2);
}

TEST_CASE_FIXTURE(checkpointed,
                  "the changes since a checkpoint are written once it is known to be complete") {
  checkpoints->incremental = true;
  open_all(64);
  auto take = [&](checkpoint_id id, checkpoint_id base) {
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_barrier(in, id, base);
    run();
    written(id);
    return coordinator.heads.back().parent;
  };
  CHECK(take(1, 0) == 0);
  task->on_checkpoint_completed(1);
  CHECK(take(2, 1) == 1);
  CHECK(take(3, 2) == 2); // the barrier itself says that 2 is complete
  CHECK(take(4, 0) == 0);
  CHECK(take(9, 8) == 0); // of which this attempt knows nothing
}

TEST_CASE_FIXTURE(checkpointed,
                  "the first snapshot after a restart is full, whatever the barrier counts from") {
  checkpoints->incremental = true;
  restored.checkpoint = 8;
  open_all(64);
  for (checkpoint_id id : {9u, 10u}) {
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_barrier(in, id, id - 1);
    run();
    written(id);
    CHECK(coordinator.heads.back().parent == (id == 9 ? 0 : 9));
  }
}

TEST_CASE_FIXTURE(checkpointed,
                  "a source sends a barrier when it is told to, and waits for those of the task's inputs") {
  with_source = true;
  open_all(1000);
  run(3);
  auto polled = sum;
  CHECK(polled > 0);
  trigger(5);
  run();
  CHECK(coordinator.written.empty());
  auto stopped = sum;
  run();
  CHECK(sum == stopped);
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_barrier(in, 5);
  run();
  CHECK(coordinator.written.at(5) == std::to_string(stopped));
  platform.advance(std::chrono::seconds{1});
  run();
  CHECK(sum > stopped);
}

TEST_CASE_FIXTURE(checkpointed, "a task ends its outputs once a checkpoint that has its end is complete") {
  open_all(64);
  auto outputs_ended = [&] { return std::ranges::count(sent_kinds(0), item_kind::end_of_input) == 1; };
  auto barriers = [&](checkpoint_id id) {
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_barrier(in, id);
    run();
    written(id);
  };
  barriers(1);
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_event(in, item_kind::end_of_data, 0);
  run();
  CHECK(std::ranges::count(sent_kinds(0), item_kind::end_of_data) == 1);
  task->on_checkpoint_completed(1); // which does not have the end
  CHECK(run().what == outcome::wait);
  CHECK_FALSE(outputs_ended());
  SUBCASE("the inputs end before the checkpoint is complete") {
    barriers(2);
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_event(in, item_kind::end_of_input, 0);
    CHECK(run().what == outcome::wait);
    CHECK_FALSE(outputs_ended());
    task->on_checkpoint_completed(2);
    CHECK(run().what == outcome::finished);
  }
  SUBCASE("the checkpoint is complete before the inputs end") {
    barriers(2);
    task->on_checkpoint_completed(2);
    CHECK(run().what == outcome::wait);
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_event(in, item_kind::end_of_input, 0);
    CHECK(run().what == outcome::finished);
  }
  SUBCASE("the checkpoint with the end is given up, and the next one has it") {
    barriers(2);
    task->on_checkpoint_aborted(2);
    run();
    barriers(3);
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_event(in, item_kind::end_of_input, 0);
    run();
    CHECK_FALSE(outputs_ended());
    task->on_checkpoint_completed(3);
    CHECK(run().what == outcome::finished);
  }
  SUBCASE("the checkpoint with the end is given up after the next one was taken, which has it too") {
    barriers(2);
    barriers(3);
    for (std::uint32_t in = 0; in < 3; ++in)
      arrive_event(in, item_kind::end_of_input, 0);
    task->on_checkpoint_aborted(2);
    CHECK(run().what == outcome::wait);
    CHECK_FALSE(outputs_ended());
    task->on_checkpoint_completed(3); // the last one: no source is left that could begin another
    CHECK(run().what == outcome::finished);
  }
  CHECK(outputs_ended());
}

TEST_CASE_FIXTURE(checkpointed, "a barrier is no event of a job without checkpoints") {
  checkpoints.reset();
  open_all();
  arrive_barrier(0, 1);
  CHECK(failure().find("unexpected event") != std::string::npos);
}

TEST_CASE_FIXTURE(checkpointed, "a subtask without sources does not say that its data has ended") {
  open_all();
  end_inputs(false);
  CHECK(coordinator.ends == 0);
}

TEST_CASE_FIXTURE(checkpointed,
                  "a subtask with a source says once that its data has ended, behind its acknowledgement") {
  with_source = true;
  open_all();
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_barrier(in, 1);
  trigger(1);
  REQUIRE(coordinator.written.contains(1));
  end_inputs(false);
  // Until all that the source has is taken.
  for (int round = 0; round < 300; ++round) {
    for (std::uint32_t out : {0, 1})
      task->on_credit(out, sent_kinds(out).size() + window, {});
    platform.advance(std::chrono::seconds{1}); // it pauses now and then
    run();
  }
  CHECK(coordinator.ends == 0); // the snapshot that is being written does not have the end
  written(1);
  CHECK(coordinator.acknowledged.size() == 1);
  CHECK(coordinator.ends == 1);
  run();
  CHECK(coordinator.ends == 1);
}

TEST_CASE_FIXTURE(checkpointed,
                  "a task that has failed says that its sinks did not remove what they prepared") {
  bool commits = false;
  SUBCASE("with a sink that commits") {
    commits = true;
  }
  SUBCASE("not without one") {}
  open_all(64);
  if (commits)
    graph->vertices[2].operators.back().kind = "write_to";
  REQUIRE(task->discard());
  arrive_barrier(0, 1);
  run();
  task->on_producer_lost(0, "the connection broke");
  CHECK(run().what == run_outcome::kind::failed);
  CHECK(static_cast<bool>(task->discard()) != commits);
}
