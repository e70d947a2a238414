#pragma once

#include "job_at_work.hpp"

#include "base/log.hpp"

#include <map>
#include <set>

namespace weir {

using namespace std::chrono_literals;

/// A job that is restarted and takes checkpoints. What it wanted since a test last asked is in `wanted`; its
/// present deployments are in `tasks`.
struct restarting_job : job_at_work {
  explicit restarting_job(std::shared_ptr<const job_graph> of = line_of({{"source", 2}, {"sink", 1}}),
                          const restart_settings& restart = fixed_delay{.attempts = 3, .delay = 100ms},
                          bool local_copies = false)
      : job_at_work{{.checkpoints = {.interval = 1s, .tolerable_failures = 0, .local_copies = local_copies},
                     .failover = {.restart = restart}},
                    std::move(of)} {
    log::set_level("off");
  }
  ~restarting_job() { log::set_level("info"); }

  actions wanted;
  std::map<subtask_place, weir::deploy> tasks;
  time_point now = time_point{} + 1h;

  void note(const actions& out) {
    for (const weir::deploy& each : sent<weir::deploy>(out))
      tasks[{each.attempt.vertex, each.attempt.subtask}] = each;
    for (const store_counter& each : all<store_counter>(out))
      core.on_counter_stored(each.counter);
    wanted.insert(wanted.end(), out.begin(), out.end());
  }

  /// The messages of one type to workers that were wanted since the last forget().
  template <class Message>
  std::vector<Message> told() {
    return sent<Message>(wanted);
  }
  void forget() { wanted.clear(); }

  std::set<attempt_id> told_to_cancel() {
    std::set<attempt_id> attempts;
    for (const cancel& each : told<cancel>())
      attempts.insert(each.attempt);
    return attempts;
  }

  const weir::deploy& at(std::uint32_t vertex, std::uint32_t subtask) { return tasks.at({vertex, subtask}); }

  void pass(std::chrono::milliseconds time) {
    now += time;
    note(core.on_tick(now, ++wall));
  }

  void offer_one(const session_id& session, std::uint64_t allocation) {
    note(offer_slot(session, allocation));
  }
  void tell(const weir::deploy& task, task_state state, std::string cause = "", std::string result = "") {
    note(report(task, state, std::move(cause), std::move(result)));
  }
  void lose_worker(const session_id& session) { note(lose(session, "worker x was lost")); }

  /// All tasks run, on workers 1 and 2.
  void run() {
    note(core.start(++wall));
    offer_one(session_of(1), 1);
    offer_one(session_of(2), 2);
    let_run();
  }

  /// All tasks that are deployed report that they run.
  void let_run() {
    auto present = tasks;
    for (const auto& [place, task] : present)
      tell(task, task_state::running);
    pass(0ms);
    forget();
  }

  /// All tasks that were told to end do.
  void let_end() {
    for (const cancel& each : told<cancel>())
      tell(at(each.attempt.vertex, each.attempt.subtask), task_state::canceled);
  }

  acknowledge_checkpoint part(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask) {
    const weir::deploy& task = at(vertex, subtask);
    return {.session = task.session,
            .attempt = task.attempt,
            .checkpoint = id,
            .state = {.path = path_of(id, vertex, subtask), .size = 1}};
  }

  static std::string path_of(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask) {
    return "c" + std::to_string(id) + "/v" + std::to_string(vertex) + "s" + std::to_string(subtask);
  }

  void acknowledge(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask) {
    note(core.on_acknowledged(part(id, vertex, subtask), ++wall));
  }

  /// Triggers one, and all tasks take part. It is then being stored.
  checkpoint_id take_checkpoint() {
    forget();
    pass(1s);
    REQUIRE_FALSE(told<trigger_checkpoint>().empty());
    checkpoint_id id = told<trigger_checkpoint>()[0].checkpoint;
    auto present = tasks;
    for (const auto& [place, task] : present)
      acknowledge(id, place.vertex, place.subtask);
    return id;
  }

  void store(checkpoint_id id) { note(core.on_checkpoint_stored(id, "job/chk", ++wall)); }

  checkpoint_id complete_checkpoint() {
    checkpoint_id id = take_checkpoint();
    store(id);
    forget();
    return id;
  }

  /// The first file of a task's own state that its deployment names; empty: it begins from nothing.
  static std::string restored_path(const weir::deploy& task) {
    if (task.restored.operators.empty())
      return "";
    return task.restored.operators[0].chains[task.attempt.subtask].at(0);
  }
};

/// "source" x2 feeds "sink" x2, forward: two regions.
struct two_regions : restarting_job {
  two_regions() : restarting_job{line_of({{"source", 2}, {"sink", 2}})} {}
};

} // namespace weir
