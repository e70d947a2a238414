#pragma once

#include "scheduler/job_manager_core.hpp"
#include "small_jobs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// "source" x2 feeds "sink" x1: two slots.
struct job_at_work {
  using actions = job_manager_core::actions;

  static constexpr job_id job = job_id{{.high = 7, .low = 1}};

  explicit job_at_work(const job_settings& with = {},
                       std::shared_ptr<const job_graph> of = line_of({{"source", 2}, {"sink", 1}}))
      : graph{std::move(of)}, core{job, {.name = "words"}, graph, fill_in(with), 1'000} {}

  static job_settings fill_in(job_settings with) {
    with.epoch = epoch_3;
    with.collect_max_size = 100;
    return with;
  }

  std::shared_ptr<const job_graph> graph;
  job_manager_core core;
  std::int64_t wall = 1'000;
  std::vector<deploy> deployed;

  static offer offered(const session_id& session, std::uint64_t allocation) {
    return {.session = session, .slot = 3, .allocation = {epoch_3, allocation}, .job = job};
  }

  void introduce(const session_id& session) {
    core.on_introduced(
        {job, session, "worker-" + std::to_string(session.worker.high), address_of(session.worker.high)});
  }

  /// Introduces the session's worker and lets it offer a slot.
  actions offer_slot(const session_id& session, std::uint64_t allocation) {
    introduce(session);
    auto out = core.on_offer(offered(session, allocation), ++wall);
    for (const deploy& each : sent<deploy>(out))
      deployed.push_back(each);
    return out;
  }

  /// Up to the deployment, on workers 1 and 2.
  void deploy_all() {
    core.start(++wall);
    offer_slot(session_of(1), 1);
    offer_slot(session_of(2), 2);
    REQUIRE(deployed.size() == 3);
  }

  actions report(const deploy& task, task_state state, std::string cause = "", std::string result = "") {
    update message{
        .session = task.session, .attempt = task.attempt, .state = state, .cause = std::move(cause)};
    if (!result.empty())
      message.results.push_back({"out", std::move(result)});
    return core.on_update(message, ++wall);
  }

  actions lose(const session_id& session, std::string cause = "worker x was lost: no heartbeat for 10 s") {
    return core.on_lost({job, session, std::move(cause)}, ++wall);
  }

  const deploy& task(std::uint32_t vertex, std::uint32_t subtask) {
    auto found = std::ranges::find_if(deployed, [&](const deploy& each) {
      return each.attempt.vertex == vertex && each.attempt.subtask == subtask;
    });
    REQUIRE(found != deployed.end());
    return *found;
  }

  /// A task on worker `process`.
  const deploy& task_on(std::uint64_t process) {
    return *std::ranges::find(deployed, process_numbered(process),
                              [](const deploy& each) { return each.session.worker; });
  }

  job_state state() const { return core.summary().state; }
  task_state state_of(const deploy& task) const {
    return core.details().vertices[task.attempt.vertex][task.attempt.subtask].state;
  }
};

/// The last need among actions.
inline std::optional<std::uint32_t> need_in(const job_manager_core::actions& actions) {
  auto told = all<slots_needed>(actions);
  return told.empty() ? std::nullopt : std::optional{told.back().count};
}

} // namespace weir
