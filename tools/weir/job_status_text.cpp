#include "job_status_text.hpp"

#include "job_list.hpp"
#include "job_progress.hpp"

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
  auto cause = exceptions.is_object() ? exceptions.find("root-exception") : exceptions.end();
  if (exceptions.is_object() && cause != exceptions.end() && cause->is_string())
    text += "Failed: " + cause->get<std::string>() + '\n';
  return text;
}

} // namespace weir::tools
