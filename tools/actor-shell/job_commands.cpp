#include "job_commands.hpp"

#include "checkpoint_rows.hpp"
#include "job_lookup.hpp"
#include "json_fields.hpp"
#include "rows.hpp"

#include <algorithm>

namespace weir::tools::shell {
namespace {

using nlohmann::json;

result<known_job> job_named(cluster& of, const std::string& text) {
  auto jobs = known_jobs(of);
  if (!jobs)
    return jobs.failure();
  return find_job(*jobs, text);
}

} // namespace

result<answer> jobs(cluster& of, const arguments&) {
  auto overview = of.get("/jobs/overview");
  if (!overview)
    return overview.failure();
  answer found{*overview, {}};
  table rows = job_rows(list_of(*overview, "jobs"));
  if (rows.rows.empty())
    found.shown.emplace_back("No job was submitted yet: start one with `weir run JOB.so`.");
  else
    found.shown.emplace_back(std::move(rows));
  return found;
}

result<answer> tasks(cluster& of, const arguments& job) {
  auto all = known_jobs(of);
  if (!all)
    return all.failure();
  std::vector<known_job> wanted;
  if (job.empty()) {
    std::ranges::copy_if(*all, std::back_inserter(wanted),
                         [](const known_job& one) { return !has_ended(one.state); });
  } else {
    auto named = find_job(*all, job.front());
    if (!named)
      return named.failure();
    wanted.push_back(*named);
  }

  answer found{{{"tasks", json::array()}}, {}};
  for (const known_job& one : wanted) {
    auto listed = of.get("/jobs/" + one.id + "/tasks");
    if (!listed && listed.failure().code() == errc::not_found && job.empty())
      continue; // forgotten since it was listed
    if (!listed)
      return listed.failure();
    const json& entries = list_of(*listed, "tasks");
    for (const json& entry : entries)
      found.data["tasks"].push_back(entry);
    if (!found.shown.empty())
      found.shown.emplace_back("");
    found.shown.emplace_back("job " + description(one));
    if (entries.empty())
      found.shown.emplace_back("It has no tasks yet.");
    else
      found.shown.emplace_back(task_rows(entries));
  }
  if (found.shown.empty())
    found.shown.emplace_back(
        "No job is running: `tasks JOB` shows those of a job that has ended, `jobs` lists all.");
  return found;
}

result<answer> why(cluster& of, const arguments& job) {
  auto named = job_named(of, job.front());
  if (!named)
    return named.failure();
  auto explained = of.get("/jobs/" + named->id + "/why");
  if (!explained)
    return explained.failure();
  answer found{*explained, {}};
  for (const json& line : list_of(*explained, "why"))
    if (line.is_string())
      found.shown.emplace_back((found.shown.empty() ? "" : "  ") + line.get<std::string>());
  return found;
}

result<answer> checkpoints(cluster& of, const arguments& job) {
  auto named = job_named(of, job.front());
  if (!named)
    return named.failure();
  auto listed = of.get("/jobs/" + named->id + "/checkpoints");
  if (!listed)
    return listed.failure();
  return answer{*listed, checkpoint_page(*listed)};
}

} // namespace weir::tools::shell
