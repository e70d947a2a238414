#include "actor_lookup.hpp"

#include "job_lookup.hpp"
#include "json_fields.hpp"
#include "rows.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

namespace weir::tools::shell {
namespace {

using nlohmann::json;

/// Beyond this a look into every job that the master remembers would take long.
constexpr std::size_t ended_jobs_searched_max = 10;

/// An actor that the text could mean.
struct candidate {
  std::string name; ///< for `GET /inspect`
  std::string shown;
};

bool is_number_after(std::string_view text, char letter) {
  return text.size() > 1 && text.front() == letter &&
         std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

/// Where "v0/s1", with or without an attempt behind it, begins in "<job>/v0/s1".
std::optional<std::size_t> task_part(std::string_view text) {
  std::size_t begin = 0;
  while (true) {
    std::string_view rest = text.substr(begin);
    std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos)
      return std::nullopt;
    std::string_view subtask = rest.substr(slash + 1);
    if (is_number_after(rest.substr(0, slash), 'v') &&
        is_number_after(subtask.substr(0, subtask.find('/')), 's'))
      return begin;
    begin += slash + 1;
  }
}

error nothing_found(const std::string& text) {
  return error{errc::not_found, "There is no job, task, worker or slot '" + text +
                                    "': `jobs`, `tasks`, `nodes` and `slots` list what there is."};
}

result<std::string> the_only(const std::vector<candidate>& found, const std::string& text) {
  if (found.empty())
    return nothing_found(text);
  if (found.size() == 1)
    return found.front().name;
  std::vector<std::string> shown;
  for (const candidate& one : found)
    shown.push_back(one.shown);
  return error{errc::invalid_argument,
               "'" + text + "' could be " + enumeration(shown) + ": write more of the name."};
}

/// Splits "<worker>/0" into the worker and "/0"; without a number, the text and nothing.
std::pair<std::string_view, std::string_view> split_slot(std::string_view text) {
  std::size_t slash = text.rfind('/');
  bool numbered = slash != std::string_view::npos && slash + 1 < text.size() &&
                  text.find_first_not_of("0123456789", slash + 1) == std::string_view::npos;
  return numbered ? std::pair{text.substr(0, slash), text.substr(slash)}
                  : std::pair{text, std::string_view{}};
}

result<std::vector<candidate>> workers_and_slots(cluster& of, std::string_view text) {
  auto workers = of.get("/taskmanagers");
  if (!workers)
    return workers.failure();
  auto [worker, slot] = split_slot(text);
  std::vector<candidate> found;
  for (const json& one : list_of(*workers, "taskmanagers")) {
    std::string id = text_of(one, "id");
    std::string name = id + std::string{slot};
    if (id == worker)
      return std::vector{candidate{name, name}};
    if (!worker.empty() && id.starts_with(worker))
      found.push_back({name, slot.empty() ? "worker " + name : "slot " + name});
  }
  return found;
}

struct task_matches {
  std::vector<candidate> whole; ///< with exactly this name
  std::vector<candidate> begin; ///< with a name that begins so
};

/// Tasks of `jobs` by their name, or by "v0/s0" when `text` is one.
result<task_matches> tasks_named(cluster& of, std::span<const known_job> jobs, const std::string& text) {
  task_matches found;
  for (const known_job& job : jobs) {
    auto tasks = of.get("/jobs/" + job.id + "/tasks");
    if (!tasks && tasks.failure().code() == errc::not_found)
      continue; // forgotten since it was listed
    if (!tasks)
      return tasks.failure();
    for (const json& task : list_of(*tasks, "tasks")) {
      std::string name = text_of(task, "name");
      std::string id = short_task_id(task);
      candidate one{job.id + "/" + id, job.id + "/" + id + " (" + name + ")"};
      if (name == text || id == text)
        found.whole.push_back(std::move(one));
      else if (name.starts_with(text))
        found.begin.push_back(std::move(one));
    }
  }
  return found;
}

result<std::string> task_named(cluster& of, const std::vector<known_job>& jobs, const std::string& text) {
  auto first_ended = std::ranges::find_if(jobs, [](const known_job& job) { return has_ended(job.state); });
  std::span<const known_job> active{jobs.begin(), first_ended};
  std::span<const known_job> ended{first_ended, jobs.end()};
  for (auto searched : {active, ended.first(std::min(ended.size(), ended_jobs_searched_max))}) {
    auto found = tasks_named(of, searched, text);
    if (!found)
      return found.failure();
    if (!found->whole.empty())
      return the_only(found->whole, text);
    if (!found->begin.empty())
      return the_only(found->begin, text);
  }
  return nothing_found(text);
}

} // namespace

result<std::string> find_actor(cluster& of, const std::string& text) {
  if (text == "dispatcher" || text == "resource-manager")
    return text;
  auto jobs = known_jobs(of);
  if (!jobs)
    return jobs.failure();

  auto task = task_part(text);
  if (task && *task > 0) {
    auto job = find_job(*jobs, std::string_view{text}.substr(0, *task - 1));
    if (!job)
      return job.failure();
    return job->id + "/" + text.substr(*task);
  }
  if (task)
    return task_named(of, *jobs, text);

  auto found = workers_and_slots(of, text);
  if (!found)
    return found.failure();
  for (const known_job& job : jobs_meant(*jobs, text))
    found->push_back({job.id, "job " + description(job)});
  if (!found->empty())
    return the_only(*found, text);
  return task_named(of, *jobs, text);
}

} // namespace weir::tools::shell
