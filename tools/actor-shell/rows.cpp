#include "rows.hpp"

#include "json_fields.hpp"
#include "units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace weir::tools::shell {
namespace {

using nlohmann::json;

/// "4 running, 2 finished"
std::string tasks_by_state(const json& counts) {
  constexpr std::array states{"created",  "scheduled", "deploying", "initializing", "running",
                              "finished", "canceling", "canceled",  "failed"};
  std::string text;
  for (const char* state : states)
    if (std::uint64_t count = count_of(counts, state); count > 0)
      text += (text.empty() ? "" : ", ") + count_text(count) + " " + state;
  return text;
}

struct time_spent {
  std::uint64_t busy = 0;
  std::uint64_t backpressured = 0;
  std::uint64_t idle = 0;

  [[nodiscard]] std::uint64_t all() const { return busy + backpressured + idle; }
};

time_spent spent(const json& metrics) {
  return {count_of(metrics, "accumulated-busy-time"), count_of(metrics, "accumulated-backpressured-time"),
          count_of(metrics, "accumulated-idle-time")};
}

} // namespace

bool has_ended(std::string_view state) {
  return state == "FINISHED" || state == "FAILED" || state == "CANCELED";
}

std::vector<const json*> in_reading_order(const json& jobs) {
  std::vector<const json*> sorted;
  for (const json& job : jobs)
    sorted.push_back(&job);
  std::ranges::stable_sort(sorted, [](const json* a, const json* b) {
    bool a_ended = has_ended(text_of(*a, "state"));
    bool b_ended = has_ended(text_of(*b, "state"));
    if (a_ended != b_ended)
      return b_ended;
    return number_of(*a, "start-time") > number_of(*b, "start-time");
  });
  return sorted;
}

cell state_cell(const std::string& state) {
  if (state == "RUNNING" || state == "FINISHED")
    return {state, tone::good};
  if (state == "FAILED" || state == "FAILING")
    return {state, tone::bad};
  return {state, tone::attention};
}

table job_rows(const json& jobs) {
  table rows{{{"JOB"}, {"NAME"}, {"STATE"}, {"STARTED"}, {"DURATION", align::right}, {"TASKS"}}, {}};
  for (const json* job : in_reading_order(jobs))
    rows.rows.push_back({text_of(*job, "jid"), text_of(*job, "name"), state_cell(text_of(*job, "state")),
                         time_text(number_of(*job, "start-time")), duration_text(number_of(*job, "duration")),
                         tasks_by_state(object_of(*job, "tasks"))});
  return rows;
}

table task_rows(const json& tasks) {
  table rows{{{"ID"},
              {"TASK"},
              {"STATE"},
              {"WORKER"},
              {"RECORDS IN", align::right},
              {"RECORDS OUT", align::right},
              {"BUSY", align::right},
              {"BACKPRESSURED", align::right},
              {"IDLE", align::right},
              {"DURATION", align::right}},
             {}};
  for (const json& task : tasks) {
    const json& metrics = object_of(task, "metrics");
    time_spent time = spent(metrics);
    rows.rows.push_back({short_task_id(task), text_of(task, "name"), state_cell(text_of(task, "status")),
                         text_of(task, "taskmanager-id"), count_text(count_of(metrics, "read-records")),
                         count_text(count_of(metrics, "write-records")), percent_text(time.busy, time.all()),
                         percent_text(time.backpressured, time.all()), percent_text(time.idle, time.all()),
                         duration_text(number_of(task, "duration"))});
  }
  return rows;
}

std::string short_task_id(const json& task) {
  return "v" + std::to_string(number_of(task, "vertex")) + "/s" + std::to_string(number_of(task, "subtask"));
}

std::string time_shares(const json& metrics) {
  time_spent time = spent(metrics);
  if (time.all() == 0)
    return "-";
  return "busy " + percent_text(time.busy, time.all()) + ", backpressured " +
         percent_text(time.backpressured, time.all()) + ", idle " + percent_text(time.idle, time.all());
}

} // namespace weir::tools::shell
