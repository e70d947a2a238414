#include "cluster_commands.hpp"

#include "json_fields.hpp"
#include "rest_client.hpp"
#include "units.hpp"

#include <algorithm>
#include <map>

namespace weir::tools::shell {
namespace {

using nlohmann::json;

constexpr const char* no_worker =
    "No worker is registered: start one with `weir-node --role=worker --master=HOST:PORT`.";

std::string state_of_cluster(const json& overview) {
  return "weir " + text_of(overview, "flink-version") + " (" + text_of(overview, "flink-commit") +
         "): " + counted(count_of(overview, "taskmanagers"), "worker") + ", " +
         count_text(count_of(overview, "slots-available")) + " of " +
         counted(count_of(overview, "slots-total"), "slot") + " free, " +
         counted(count_of(overview, "jobs-running"), "job") + " running";
}

/// How long ago the last heartbeat was. The two clocks may be those of two machines.
std::string age_text(std::int64_t wall_ms, std::int64_t now) {
  return wall_ms <= 0 ? "-" : duration_text(std::max<std::int64_t>(0, now - wall_ms)) + " ago";
}

std::string mebibytes_text(const json& resource, const char* field) {
  return bytes_text(count_of(resource, field) * 1024 * 1024);
}

std::map<std::string, std::string> names_of_jobs(const json& overview) {
  std::map<std::string, std::string> names;
  for (const json& job : list_of(overview, "jobs"))
    names[text_of(job, "jid")] = text_of(job, "name");
  return names;
}

/// One entry of --json and one row.
void add_slot(answer& found, table& rows, const std::string& worker, const json& slot,
              const std::map<std::string, std::string>& names) {
  bool free = flag_of(slot, "free");
  std::string job = text_of(slot, "jobId");
  auto name = names.find(job);
  const json& resource = object_of(slot, "resource");

  json entry = slot;
  entry["taskmanager-id"] = worker;
  found.data["slots"].push_back(std::move(entry));
  rows.rows.push_back({worker + "/" + std::to_string(number_of(slot, "index")),
                       free ? cell{"free"} : cell{"taken", tone::good},
                       mebibytes_text(resource, "managedMemory"), mebibytes_text(resource, "networkMemory"),
                       job, name == names.end() ? "" : name->second});
}

} // namespace

result<answer> nodes(cluster& of, const arguments&) {
  auto overview = of.get("/overview");
  if (!overview)
    return overview.failure();
  auto workers = of.get("/taskmanagers");
  if (!workers)
    return workers.failure();

  answer found;
  found.data = {{"overview", *overview}, {"taskmanagers", list_of(*workers, "taskmanagers")}};
  found.shown.push_back(state_of_cluster(*overview));
  table rows{{{"WORKER"},
              {"SLOTS", align::right},
              {"FREE", align::right},
              {"CORES", align::right},
              {"RESIDENT", align::right},
              {"IN FLIGHT", align::right},
              {"PID", align::right},
              {"HEARTBEAT", align::right}},
             {}};
  for (const json& worker : found.data["taskmanagers"])
    rows.rows.push_back({text_of(worker, "id"), count_text(count_of(worker, "slotsNumber")),
                         count_text(count_of(worker, "freeSlots")),
                         count_text(count_of(object_of(worker, "hardware"), "cpuCores")),
                         bytes_text(count_of(worker, "residentMemory")),
                         bytes_text(count_of(worker, "networkMemoryUsed")),
                         std::to_string(number_of(worker, "processId")),
                         age_text(number_of(worker, "timeSinceLastHeartbeat"), of.wall_ms())});
  if (rows.rows.empty())
    found.shown.emplace_back(no_worker);
  else
    found.shown.emplace_back(std::move(rows));
  return found;
}

result<answer> slots(cluster& of, const arguments&) {
  auto workers = of.get("/taskmanagers");
  if (!workers)
    return workers.failure();
  auto jobs = of.get("/jobs/overview");
  if (!jobs)
    return jobs.failure();

  auto names = names_of_jobs(*jobs);
  answer found{{{"slots", json::array()}}, {}};
  table rows{{{"SLOT"}, {"STATE"}, {"MANAGED", align::right}, {"NETWORK", align::right}, {"JOB"}, {"NAME"}},
             {}};
  for (const json& worker : list_of(*workers, "taskmanagers")) {
    std::string id = text_of(worker, "id");
    auto details = of.get("/taskmanagers/" + url_encoded(id));
    if (!details && details.failure().code() == errc::not_found)
      continue; // lost since it was listed
    if (!details)
      return details.failure();
    for (const json& slot : list_of(*details, "slots"))
      add_slot(found, rows, id, slot, names);
  }
  if (rows.rows.empty())
    found.shown.emplace_back(no_worker);
  else
    found.shown.emplace_back(std::move(rows));
  return found;
}

} // namespace weir::tools::shell
