#include "job_status_text.hpp"

#include "job_list.hpp"
#include "job_progress.hpp"
#include "json_fields.hpp"
#include "units.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace weir::tools {
namespace {

using nlohmann::json;

/// "2 RUNNING, 1 FINISHED"
std::string counts_text(const json& tasks) {
  std::string text;
  for (const auto& [state, count] : tasks.items())
    if (count.is_number() && count != 0)
      text += (text.empty() ? "" : ", ") + std::to_string(count.get<std::uint64_t>()) + ' ' + state;
  return text;
}

/// A job that goes on has failures too.
std::string failure_heading(const std::string& state, const json& exceptions) {
  if (state == "FAILED" || state == "FAILING")
    return "Failed: ";
  if (state == "RESTARTING")
    return "Restarts after a failure: ";
  return "Last failure, " + date_text(number_of(exceptions, "timestamp")) + ": ";
}

} // namespace

std::string job_status_text(const json& job, const json& exceptions) {
  std::string text =
      "Job " + job.value("jid", "") + " : " + job.value("name", "") + " (" + job.value("state", "") + ")\n";
  char seconds[64];
  std::snprintf(seconds, sizeof seconds, "%.1f s",
                static_cast<double>(job.value("duration", std::int64_t{0})) / 1000);
  bool ended = has_ended(job.value("state", ""));
  text += "Started " + date_text(job.value("start-time", std::int64_t{0})) +
          (ended ? ", ran for " : ", runs for ") + seconds + '\n';
  if (std::string waits = job.value("waiting-for", ""); !waits.empty())
    text += "Waits: " + waits + ".\n";
  for (const json& vertex : job.value("vertices", json::array()))
    text +=
        "  " + vertex.value("name", "") + ": " + counts_text(vertex.value("tasks", json::object())) + '\n';
  if (std::uint64_t restarts = count_of(job, "restarts"); restarts > 0)
    text += "Restarted " + (restarts == 1 ? std::string{"once"} : counted(restarts, "time")) + ".\n";
  if (std::string cause = text_of(exceptions, "root-exception"); !cause.empty())
    text += failure_heading(text_of(job, "state"), exceptions) + cause + '\n';
  return text;
}

} // namespace weir::tools
