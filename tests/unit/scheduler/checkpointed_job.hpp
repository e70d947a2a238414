#pragma once

#include "scheduler/checkpoint_coordinator.hpp"
#include "small_jobs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace weir {

using namespace std::chrono_literals;

/// A coordinator with the tasks of its job: "source" x2 feeds "sink" x1. Tests say what happens; what the
/// coordinator wanted since they last asked is in `wanted`.
struct checkpointed_job {
  static constexpr std::uint32_t source = 0, sink = 1;
  const job_id job = job_numbered(1);

  explicit checkpointed_job(checkpoint_settings settings = {.interval = 100ms}) : settings{settings} {}

  checkpoint_settings settings;
  std::shared_ptr<const job_graph> graph = line_of({{"source", 2}, {"sink", 1}});
  execution_graph execution{job, graph, epoch_3, 0};
  checkpoint_coordinator coordinator{job, execution, settings};
  checkpoint_coordinator::actions wanted;
  time_point now = time_point{} + 1h;
  std::int64_t wall = 1'000;
  bool answer_counters = true; ///< the counter is stored as soon as that is wanted

  void note(checkpoint_coordinator::actions actions) {
    for (checkpoint_action& each : actions) {
      auto* counter = std::get_if<store_counter>(&each);
      checkpoint_id stored = counter == nullptr ? 0 : counter->counter;
      wanted.push_back(std::move(each));
      if (stored != 0 && answer_counters)
        coordinator.on_counter_stored(stored);
    }
  }

  /// The actions of one type, which are then forgotten.
  template <class Action>
  std::vector<Action> take() {
    auto found = all<Action>(wanted);
    std::erase_if(wanted, [](const auto& each) { return std::holds_alternative<Action>(each); });
    return found;
  }

  /// The messages of one type to tasks, which are then forgotten.
  template <class Message>
  std::vector<Message> told() {
    std::vector<Message> found;
    std::erase_if(wanted, [&](const checkpoint_action& each) {
      auto* telling = std::get_if<tell_task>(&each);
      auto* message = telling == nullptr ? nullptr : std::get_if<Message>(&telling->message);
      if (message != nullptr)
        found.push_back(*message);
      return message != nullptr;
    });
    return found;
  }

  std::vector<std::string> deleted() {
    std::vector<std::string> paths;
    for (const delete_files& each : take<delete_files>())
      paths.insert(paths.end(), each.paths.begin(), each.paths.end());
    std::ranges::sort(paths);
    return paths;
  }

  const attempt_id& attempt(std::uint32_t vertex, std::uint32_t subtask) {
    return execution.attempts()[vertex][subtask].id;
  }

  void advance(task_state to) {
    for (auto& subtasks : execution.attempts())
      for (execution_attempt& each : subtasks)
        execution.advance(each, to, wall);
  }

  void deploy() {
    advance(task_state::deploying);
    note(coordinator.on_deployed(++wall));
  }

  /// All tasks are deployed and run; a first tick has passed.
  void run() {
    deploy();
    advance(task_state::running);
    note(coordinator.on_all_running());
    pass(0ms);
  }

  /// New attempts in place of all.
  void restart() {
    for (auto& subtasks : execution.attempts())
      for (execution_attempt& each : subtasks)
        execution.advance(each, task_state::failed, wall);
    for (std::uint32_t v = 0; v < 2; ++v)
      for (std::uint32_t s = 0; s < graph->vertices[v].parallelism; ++s)
        execution.begin_anew(v, s, wall);
    run();
  }

  void pass(std::chrono::milliseconds time) {
    now += time;
    note(coordinator.on_tick(now, ++wall));
  }

  /// Time until something is triggered. Returns its id, 0 if there was nothing.
  checkpoint_id trigger() {
    told<trigger_checkpoint>();
    pass(settings.interval);
    auto triggers = told<trigger_checkpoint>();
    return triggers.empty() ? 0 : triggers[0].checkpoint;
  }

  static std::string path_of(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask) {
    return "c" + std::to_string(id) + "/v" + std::to_string(vertex) + "s" + std::to_string(subtask);
  }

  acknowledge_checkpoint part(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask,
                              checkpoint_id base = 0) {
    return {.attempt = attempt(vertex, subtask),
            .checkpoint = id,
            .state = {.path = path_of(id, vertex, subtask), .size = 10, .base = base, .written = 20}};
  }

  void acknowledge(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask, checkpoint_id base = 0) {
    note(coordinator.on_acknowledged(part(id, vertex, subtask, base), true, ++wall));
  }

  void acknowledge_all(checkpoint_id id, checkpoint_id base = 0) {
    acknowledge(id, source, 0, base);
    acknowledge(id, source, 1, base);
    acknowledge(id, sink, 0, base);
  }

  void decline(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask) {
    note(coordinator.on_declined(
        {.attempt = attempt(vertex, subtask), .checkpoint = id, .reason = "the disk is full"}, ++wall));
  }

  void finish(std::uint32_t vertex, std::uint32_t subtask) {
    execution.advance(execution.attempts()[vertex][subtask], task_state::finished, wall);
    note(coordinator.on_finished(attempt(vertex, subtask), ++wall));
  }

  void store(checkpoint_id id) { note(coordinator.on_stored(id, "job/chk-" + std::to_string(id), ++wall)); }

  /// One more that is completed, with all that follows from it done. Returns its id.
  checkpoint_id complete_one(checkpoint_id base = 0) {
    checkpoint_id id = trigger();
    REQUIRE(id != 0);
    acknowledge_all(id, base);
    store(id);
    remove_superseded();
    return id;
  }

  void remove_superseded() {
    for (const remove_checkpoint& each : take<remove_checkpoint>())
      note(coordinator.on_removed(each.id, ++wall));
  }

  /// Of the last that completed.
  std::vector<std::string> chain(std::uint32_t vertex, std::uint32_t subtask) {
    std::vector<std::string> paths;
    for (const snapshot_handle& each : coordinator.restore_point()->vertices[vertex].subtasks[subtask].chain)
      paths.push_back(each.path);
    return paths;
  }
};

} // namespace weir
