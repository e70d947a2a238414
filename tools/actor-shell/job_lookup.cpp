#include "job_lookup.hpp"

#include "json_fields.hpp"
#include "rows.hpp"

#include <algorithm>
#include <cctype>

namespace weir::tools::shell {
namespace {

std::string lower(std::string_view text) {
  std::string made{text};
  for (char& c : made)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return made;
}

std::vector<known_job> those(const std::vector<known_job>& jobs, const auto& wanted) {
  std::vector<known_job> found;
  std::ranges::copy_if(jobs, std::back_inserter(found), wanted);
  return found;
}

error ambiguous(std::string_view text, const std::vector<known_job>& jobs) {
  std::vector<std::string> names;
  for (const known_job& job : jobs)
    names.push_back(description(job));
  return error{errc::invalid_argument,
               "'" + std::string{text} + "' could be " + enumeration(names) + ": write more of the id."};
}

} // namespace

result<std::vector<known_job>> known_jobs(cluster& of) {
  auto overview = of.get("/jobs/overview");
  if (!overview)
    return overview.failure();
  std::vector<known_job> jobs;
  for (const nlohmann::json* job : in_reading_order(list_of(*overview, "jobs")))
    jobs.push_back({text_of(*job, "jid"), text_of(*job, "name"), text_of(*job, "state")});
  return jobs;
}

std::vector<known_job> jobs_meant(const std::vector<known_job>& jobs, std::string_view text) {
  if (text.empty())
    return {};
  std::string prefix = lower(text);
  auto by_id = those(jobs, [&](const known_job& job) { return job.id.starts_with(prefix); });
  if (by_id.size() == 1 && by_id.front().id == prefix)
    return by_id;
  auto by_name = those(jobs, [&](const known_job& job) { return job.name == text; });
  auto going_on = those(by_name, [](const known_job& job) { return !has_ended(job.state); });
  if (going_on.size() == 1)
    by_name = going_on;
  // A name may look like the beginning of an id: then both can be meant.
  for (known_job& job : by_name)
    if (std::ranges::find(by_id, job.id, &known_job::id) == by_id.end())
      by_id.push_back(std::move(job));
  return by_id;
}

result<known_job> find_job(const std::vector<known_job>& jobs, std::string_view text) {
  auto meant = jobs_meant(jobs, text);
  if (meant.empty())
    return error{errc::not_found, "There is no job '" + std::string{text} + "': `jobs` lists them."};
  if (meant.size() > 1)
    return ambiguous(text, meant);
  return meant.front();
}

std::string description(const known_job& job) {
  return job.id + " (" + job.name + ", " + job.state + ")";
}

std::string enumeration(const std::vector<std::string>& things) {
  constexpr std::size_t shown_max = 8;
  std::size_t shown = things.size() > shown_max ? shown_max : things.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    bool last = i + 1 == things.size();
    text += (i == 0 ? "" : last ? " or " : ", ") + things[i];
  }
  if (shown < things.size())
    text += " or one of " + std::to_string(things.size() - shown) + " more";
  return text;
}

} // namespace weir::tools::shell
