#include "rest/answers.hpp"
#include "rest/inspection.hpp"
#include "rest/job_diagnosis.hpp"
#include "rest/job_route.hpp"
#include "rest/job_view.hpp"
#include "rest/rest_services.hpp"
#include "rest/worker_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace weir {
namespace {

using nlohmann::json;
using workers_callback = std::function<void(std::vector<worker_status>)>;

void with_workers(const rest_services& services, const http_reply& reply, workers_callback use) {
  services.gateway.workers([reply, use = std::move(use)](result<std::vector<worker_status>> workers) {
    if (!workers)
      return reply(error_answer(workers.failure()));
    use(*std::move(workers));
  });
}

void why(const rest_services& services, const rest_call& call, const http_reply& reply) {
  with_job(services, call, reply, [&services, reply](const job_details& job) {
    services.gateway.jobs([&services, reply, job](result<std::vector<job_summary>> jobs) {
      if (!jobs)
        return reply(error_answer(jobs.failure()));
      with_workers(
          services, reply, [reply, job, all = *std::move(jobs)](const std::vector<worker_status>& workers) {
            reply(json_answer({{"jid", to_string(job.summary.id)}, {"why", diagnose(job, all, workers)}}));
          });
    });
  });
}

/// "<worker>/<slot>"
http_response slot_answer(const std::vector<worker_status>& workers, const std::string& name) {
  std::size_t slash = name.rfind('/');
  std::string number = slash == std::string::npos ? "" : name.substr(slash + 1);
  std::uint32_t index = 0;
  auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), index);
  auto worker = std::ranges::find(workers, name.substr(0, slash), &worker_status::id);
  if (problem != std::errc{} || end != number.data() + number.size() || worker == workers.end())
    return error_answer(
        404, "There is no actor " + name +
                 ": name a job, a task (<job>/v0/s0), a worker, a slot (<worker>/0), dispatcher or "
                 "resource-manager.");
  auto slot = std::ranges::find(worker->slots, index, &slot_status::index);
  if (slot == worker->slots.end())
    return error_answer(404, "Worker " + worker->id + " has no slot " + number + ".");
  json object = worker_details_json(*worker)["slots"][static_cast<std::size_t>(slot - worker->slots.begin())];
  object["actor"] = "slot";
  object["taskmanager-id"] = worker->id;
  json tasks = json::array();
  for (const task_report& task : worker->tasks)
    if (!slot->free && task.attempt.job == slot->job)
      tasks.push_back({{"attempt-id", to_string(task.attempt)}, {"status", to_string(task.state)}});
  object["tasks-of-job-on-worker"] = std::move(tasks);
  return json_answer(object);
}

void inspect_worker_or_slot(const rest_services& services, const std::string& name, const http_reply& reply) {
  with_workers(services, reply, [reply, name](const std::vector<worker_status>& workers) {
    auto worker = std::ranges::find(workers, name, &worker_status::id);
    if (worker == workers.end())
      return reply(slot_answer(workers, name));
    json object = worker_details_json(*worker);
    object["actor"] = "task-manager";
    reply(json_answer(object));
  });
}

void inspect_dispatcher(const rest_services& services, const http_reply& reply) {
  services.gateway.jobs([&services, reply](result<std::vector<job_summary>> jobs) {
    if (!jobs)
      return reply(error_answer(jobs.failure()));
    json list = json::array();
    for (const job_summary& job : *jobs)
      list.push_back(overview_entry_json(job, services.clock.wall_ms()));
    reply(json_answer({{"actor", "dispatcher"}, {"jobs", std::move(list)}}));
  });
}

void inspect_resource_manager(const rest_services& services, const http_reply& reply) {
  with_workers(services, reply, [reply](const std::vector<worker_status>& workers) {
    json object = overview_json(workers, {});
    json list = json::array();
    for (const worker_status& worker : workers)
      list.push_back({{"id", worker.id},
                      {"session", to_string(worker.session)},
                      {"last-heartbeat", worker.last_heartbeat_wall_ms},
                      {"slots", worker.slots.size()}});
    reply(json_answer({{"actor", "resource-manager"},
                       {"slots-total", object["slots-total"]},
                       {"slots-available", object["slots-available"]},
                       {"taskmanagers", std::move(list)}}));
  });
}

void inspect(const rest_services& services, const rest_call& call, const http_reply& reply) {
  std::string name = call.request.parameter("name").value_or("");
  std::int64_t now = services.clock.wall_ms();
  if (name.empty())
    return reply(error_answer(400, "Bad request, could not parse parameters: name is missing."));
  if (name == "dispatcher")
    return inspect_dispatcher(services, reply);
  if (name == "resource-manager")
    return inspect_resource_manager(services, reply);
  if (auto task = parse_task_name(name))
    return with_job(services, task->job, reply, [reply, task, now](const job_details& job) {
      auto found = task_json(job, *task, now);
      reply(found ? json_answer(*found) : error_answer(found.failure()));
    });
  if (job_id id{parse_random_id(name)})
    return with_job(services, id, reply, [reply, now](const job_details& job) {
      json object = job_json(job, now);
      object["actor"] = "job-manager";
      object["exceptions"] = exceptions_json(job, job.failures.size())["exceptionHistory"]["entries"];
      object["submitted"] = config_json(job);
      reply(json_answer(object));
    });
  inspect_worker_or_slot(services, name, reply);
}

} // namespace

void add_inspection_handlers(rest_router& router, const rest_services& services) {
  router.add("GET", "/jobs/:jobid/tasks", [&services](const rest_call& call, const http_reply& reply) {
    with_job(services, call, reply, [&services, reply](const job_details& job) {
      reply(json_answer(task_list_json(job, services.clock.wall_ms())));
    });
  });
  router.add("GET", "/jobs/:jobid/why",
             [&services](const rest_call& call, const http_reply& reply) { why(services, call, reply); });
  router.add("GET", "/inspect",
             [&services](const rest_call& call, const http_reply& reply) { inspect(services, call, reply); });
}

} // namespace weir
