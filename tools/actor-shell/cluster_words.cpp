#include "completion.hpp"

#include "job_lookup.hpp"
#include "json_fields.hpp"
#include "rows.hpp"

#include <algorithm>

namespace weir::tools::shell {
namespace {

using nlohmann::json;

/// Completion must answer while somebody waits for a key.
constexpr std::size_t jobs_asked_max = 8;

void add_jobs(known_words& words, const std::vector<known_job>& jobs) {
  for (const known_job& job : jobs) {
    bool by_name = jobs_meant(jobs, job.name).size() == 1;
    words.offered.push_back(by_name ? job.name : job.id);
    words.others.push_back(job.id);
  }
}

void add_tasks(known_words& words, cluster& of, const std::vector<known_job>& jobs) {
  std::size_t asked = 0;
  for (const known_job& job : jobs) {
    if (has_ended(job.state) || ++asked > jobs_asked_max)
      break;
    auto tasks = of.get("/jobs/" + job.id + "/tasks");
    if (!tasks)
      continue;
    for (const json& task : list_of(*tasks, "tasks")) {
      words.offered.push_back(text_of(task, "name"));
      words.others.push_back(short_task_id(task));
    }
  }
}

void add_workers(known_words& words, cluster& of) {
  auto workers = of.get("/taskmanagers");
  if (!workers)
    return;
  for (const json& worker : list_of(*workers, "taskmanagers")) {
    std::string id = text_of(worker, "id");
    words.offered.push_back(id);
    for (std::uint64_t i = 0; i < count_of(worker, "slotsNumber"); ++i)
      words.offered.push_back(id + "/" + std::to_string(i));
  }
}

} // namespace

known_words words_of_cluster(cluster& of, argument_kind kind) {
  known_words words;
  auto jobs = known_jobs(of);
  if (!jobs)
    return words;
  add_jobs(words, *jobs);
  if (kind == argument_kind::actor) {
    add_tasks(words, of, *jobs);
    add_workers(words, of);
    words.offered.insert(words.offered.end(), {"dispatcher", "resource-manager"});
  }
  return words;
}

} // namespace weir::tools::shell
