#include "job_list.hpp"

#include "job_progress.hpp"

#include <algorithm>
#include <ctime>
#include <vector>

namespace weir::tools {
namespace {

using nlohmann::json;

enum class kind { scheduled, running, ended };

kind kind_of(const json& job) {
  std::string state = job.value("state", "");
  if (state == "CREATED" || state == "INITIALIZING")
    return kind::scheduled;
  return has_ended(state) ? kind::ended : kind::running;
}

std::vector<json> jobs_of(const json& overview, const job_selection& which) {
  std::vector<json> jobs;
  for (const json& job : overview.value("jobs", json::array())) {
    kind is = kind_of(job);
    if ((is == kind::scheduled && which.scheduled) || (is == kind::running && which.running) ||
        (is == kind::ended && which.ended))
      jobs.push_back(job);
  }
  std::ranges::stable_sort(jobs, {},
                           [](const json& job) { return job.value("start-time", std::int64_t{0}); });
  return jobs;
}

/// A heading, 62 characters wide, the jobs, and a line under them.
std::string section(const std::string& heading, const std::vector<json>& jobs) {
  std::string text = heading + '\n';
  for (const json& job : jobs)
    text += date_text(job.value("start-time", std::int64_t{0})) + " : " + job.value("jid", "") + " : " +
            job.value("name", "") + " (" + job.value("state", "") + ")\n";
  return text + std::string(62, '-') + '\n';
}

} // namespace

json selected_jobs(const json& overview, const job_selection& which) {
  return {{"jobs", jobs_of(overview, which)}};
}

std::string job_list_text(const json& overview, const job_selection& which) {
  std::string text;
  if (which.running) {
    auto jobs = jobs_of(overview, {.running = true});
    text += jobs.empty() ? "No running jobs.\n"
                         : section("------------------ Running/Restarting Jobs -------------------", jobs);
  }
  if (which.scheduled) {
    auto jobs = jobs_of(overview, {.scheduled = true});
    text += jobs.empty() ? "No scheduled jobs.\n"
                         : section("----------------------- Scheduled Jobs -----------------------", jobs);
  }
  if (which.ended) {
    auto jobs = jobs_of(overview, {.ended = true});
    if (!jobs.empty())
      text += section("---------------------- Terminated Jobs -----------------------", jobs);
  }
  return text;
}

std::string date_text(std::int64_t wall_ms) {
  std::time_t seconds = wall_ms / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%d.%m.%Y %H:%M:%S", &parts)};
}

} // namespace weir::tools
