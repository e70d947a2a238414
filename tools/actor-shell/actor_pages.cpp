#include "actor_pages.hpp"

#include "json_fields.hpp"
#include "rows.hpp"
#include "units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::tools::shell {
namespace {

using nlohmann::json;

/// What an object is made of: a name and a value in each row. What has no value is left out.
class facts {
public:
  facts& add(std::string name, cell value) {
    if (!value.text.empty())
      rows_.rows.push_back({std::move(name), std::move(value)});
    return *this;
  }

  table take() { return std::move(rows_); }

private:
  table rows_{{{""}, {""}}, {}};
};

void add_section(page& shown, std::string title, table rows) {
  if (rows.rows.empty())
    return;
  shown.emplace_back("");
  shown.emplace_back(std::move(title));
  shown.emplace_back(std::move(rows));
}

std::string flow_text(const json& metrics, const char* records, const char* bytes) {
  return counted(count_of(metrics, records), "record") + ", " + bytes_text(count_of(metrics, bytes));
}

std::string numbers_text(const json& numbers) {
  std::string text;
  for (const json& number : numbers)
    text += (text.empty() ? "" : ", ") + number.dump();
  return text;
}

std::string mebibytes_text(const json& resource, const char* field) {
  return bytes_text(count_of(resource, field) * 1024 * 1024);
}

page job_page(const json& job) {
  const json& submitted = object_of(job, "submitted");
  facts known;
  known.add("job", text_of(job, "jid"))
      .add("name", text_of(job, "name"))
      .add("state", state_cell(text_of(job, "state")))
      .add("waits for", {text_of(job, "waiting-for"), tone::attention})
      .add("started", time_text(number_of(job, "start-time")))
      .add("ended", time_text(number_of(job, "end-time")))
      .add("duration", duration_text(number_of(job, "duration")))
      .add("library", text_of(object_of(submitted, "library"), "name"))
      .add("sha256", text_of(object_of(submitted, "library"), "sha256"))
      .add("function", text_of(submitted, "function"));
  for (const json& argument : list_of(submitted, "arguments"))
    if (argument.is_string())
      known.add("argument", argument.get<std::string>());

  table vertices{{{"VERTEX"},
                  {"NAME"},
                  {"STATE"},
                  {"TASKS", align::right},
                  {"RECORDS IN", align::right},
                  {"RECORDS OUT", align::right},
                  {"TIME"}},
                 {}};
  for (const json& vertex : list_of(job, "vertices")) {
    const json& metrics = object_of(vertex, "metrics");
    vertices.rows.push_back({"v" + std::to_string(vertices.rows.size()), text_of(vertex, "name"),
                             state_cell(text_of(vertex, "status")),
                             count_text(count_of(vertex, "parallelism")),
                             count_text(count_of(metrics, "read-records")),
                             count_text(count_of(metrics, "write-records")), time_shares(metrics)});
  }
  table failures{{{"AT"}, {"TASK"}, {"WORKER"}, {"CAUSE"}}, {}};
  for (const json& failure : list_of(job, "exceptions"))
    failures.rows.push_back({time_text(number_of(failure, "timestamp")),
                             text_of(failure, "taskName"),
                             text_of(failure, "location"),
                             {text_of(failure, "stacktrace"), tone::bad}});

  page shown{known.take()};
  add_section(shown, "Vertices, each a chain of operators", std::move(vertices));
  add_section(shown, "Failures, the newest first", std::move(failures));
  return shown;
}

page worker_page(const json& worker, std::int64_t now) {
  const json& hardware = object_of(worker, "hardware");
  std::int64_t heard = number_of(worker, "timeSinceLastHeartbeat");
  page shown{facts{}
                 .add("worker", text_of(worker, "id"))
                 .add("session", text_of(worker, "session"))
                 .add("address", text_of(worker, "path"))
                 .add("process", std::to_string(number_of(worker, "processId")))
                 .add("heartbeat", duration_text(std::max<std::int64_t>(0, now - heard)) + " ago")
                 .add("machine", counted(count_of(hardware, "cpuCores"), "core") + ", " +
                                     bytes_text(count_of(hardware, "physicalMemory")))
                 .add("resident", bytes_text(count_of(worker, "residentMemory")))
                 .add("in flight", bytes_text(count_of(worker, "networkMemoryUsed")))
                 .take()};
  table slots{
      {{"SLOT"}, {"STATE"}, {"MANAGED", align::right}, {"NETWORK", align::right}, {"JOB"}, {"ALLOCATION"}},
      {}};
  for (const json& slot : list_of(worker, "slots")) {
    const json& resource = object_of(slot, "resource");
    slots.rows.push_back({std::to_string(number_of(slot, "index")),
                          flag_of(slot, "free") ? cell{"free"} : cell{"taken", tone::good},
                          mebibytes_text(resource, "managedMemory"),
                          mebibytes_text(resource, "networkMemory"), text_of(slot, "jobId"),
                          text_of(slot, "allocation")});
  }
  table tasks{{{"ATTEMPT"}, {"STATE"}}, {}};
  for (const json& task : list_of(worker, "tasks"))
    tasks.rows.push_back({text_of(task, "attempt-id"), state_cell(text_of(task, "status"))});
  add_section(shown, "Slots", std::move(slots));
  add_section(shown, "Tasks, as of the last heartbeat", std::move(tasks));
  return shown;
}

page slot_page(const json& slot) {
  const json& resource = object_of(slot, "resource");
  bool free = flag_of(slot, "free");
  facts known;
  known.add("slot", text_of(slot, "taskmanager-id") + "/" + std::to_string(number_of(slot, "index")))
      .add("state", free ? cell{"free"} : cell{"taken", tone::good})
      .add("managed", mebibytes_text(resource, "managedMemory"))
      .add("network", mebibytes_text(resource, "networkMemory"))
      .add("job", text_of(slot, "jobId"))
      .add("allocation", text_of(slot, "allocation"));
  table tasks{{{"ATTEMPT"}, {"STATE"}}, {}};
  for (const json& task : list_of(slot, "tasks-of-job-on-worker"))
    tasks.rows.push_back({text_of(task, "attempt-id"), state_cell(text_of(task, "status"))});
  page shown{known.take()};
  add_section(shown, "Tasks of that job on the worker, as of the last heartbeat", std::move(tasks));
  return shown;
}

page dispatcher_page(const json& dispatcher) {
  const json& jobs = list_of(dispatcher, "jobs");
  page shown{facts{}.add("actor", "dispatcher").add("jobs", count_text(jobs.size())).take()};
  add_section(shown, "Jobs", job_rows(jobs));
  return shown;
}

page resource_manager_page(const json& manager, std::int64_t now) {
  page shown{facts{}
                 .add("actor", "resource-manager")
                 .add("slots", count_text(count_of(manager, "slots-available")) + " of " +
                                   count_text(count_of(manager, "slots-total")) + " free")
                 .take()};
  table workers{{{"WORKER"}, {"SLOTS", align::right}, {"HEARTBEAT", align::right}, {"SESSION"}}, {}};
  for (const json& worker : list_of(manager, "taskmanagers"))
    workers.rows.push_back(
        {text_of(worker, "id"), count_text(count_of(worker, "slots")),
         duration_text(std::max<std::int64_t>(0, now - number_of(worker, "last-heartbeat"))) + " ago",
         text_of(worker, "session")});
  add_section(shown, "Registered workers", std::move(workers));
  return shown;
}

page any_page(const json& actor) {
  facts known;
  if (actor.is_object())
    for (const auto& [name, value] : actor.items())
      known.add(name, value.is_string() ? value.get<std::string>() : value.dump());
  return {known.take()};
}

} // namespace

page task_page(const json& task, const vertex_names& vertices) {
  const json& metrics = object_of(task, "metrics");
  page shown{facts{}
                 .add("task", text_of(task, "name"))
                 .add("attempt", text_of(task, "attempt-id"))
                 .add("state", state_cell(text_of(task, "status")))
                 .add("worker", text_of(task, "taskmanager-id"))
                 .add("started", time_text(number_of(task, "start-time")))
                 .add("ended", time_text(number_of(task, "end-time")))
                 .add("duration", duration_text(number_of(task, "duration")))
                 .add("in", flow_text(metrics, "read-records", "read-bytes"))
                 .add("out", flow_text(metrics, "write-records", "write-bytes"))
                 .add("time", time_shares(metrics))
                 .take()};
  table chain{{{"#", align::right}, {"OPERATOR"}, {"KIND"}, {"READS"}, {"UID"}, {"ID"}}, {}};
  for (const json& step : list_of(task, "chain"))
    chain.rows.push_back({std::to_string(chain.rows.size()), text_of(step, "name"), text_of(step, "kind"),
                          numbers_text(list_of(step, "inputs")), text_of(step, "uid"), text_of(step, "id")});
  table inputs{{{"FROM"}, {"HOW"}, {"RECORD"}, {"INTO", align::right}}, {}};
  for (const json& input : list_of(task, "inputs")) {
    auto name = vertices.find(text_of(input, "id"));
    inputs.rows.push_back({name == vertices.end() ? text_of(input, "id") : name->second,
                           text_of(input, "ship_strategy"), text_of(input, "record"),
                           "#" + std::to_string(number_of(input, "to_operator"))});
  }
  add_section(shown, "Chain", std::move(chain));
  add_section(shown, "Inputs", std::move(inputs));
  return shown;
}

page actor_page(const json& actor, std::int64_t now) {
  std::string kind = text_of(actor, "actor");
  if (kind == "task")
    return task_page(actor, {});
  if (kind == "job-manager")
    return job_page(actor);
  if (kind == "task-manager")
    return worker_page(actor, now);
  if (kind == "slot")
    return slot_page(actor);
  if (kind == "dispatcher")
    return dispatcher_page(actor);
  if (kind == "resource-manager")
    return resource_manager_page(actor, now);
  return any_page(actor);
}

} // namespace weir::tools::shell
