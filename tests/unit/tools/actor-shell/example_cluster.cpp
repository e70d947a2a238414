#include "example_cluster.hpp"

#include "command_list.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

namespace weir::testing {

using namespace tools::shell;

namespace {

result<tools::shell::answer> outcome_of(tools::shell::cluster& of, const std::string& line) {
  auto commands = split_commands(line);
  REQUIRE(commands);
  REQUIRE(commands->size() == 1);
  auto wanted = parse_command(commands->front());
  REQUIRE(wanted);
  REQUIRE(wanted->what->role == command_role::question);
  return wanted->what->run(of, wanted->given);
}

} // namespace

example_cluster::example_cluster() {
  rest.cluster.job_list = {example_job()};
  rest.cluster.worker_list = example_workers();
}

void example_cluster::add_job(job_id id, const std::string& name, job_state state,
                              std::int64_t start_wall_ms) {
  job_details job = example_job();
  job.summary.id = id;
  job.summary.name = name;
  job.summary.state = state;
  job.summary.start_wall_ms = start_wall_ms;
  for (auto& subtasks : job.vertices)
    for (subtask_status& subtask : subtasks)
      subtask.attempt.job = id;
  rest.cluster.job_list.push_back(std::move(job));
}

result<nlohmann::json> example_cluster::get(const std::string& path) {
  asked.push_back(path);
  testing::answer got = rest.get(path);
  if (got.status == 200)
    return got.body;
  return error{got.status == 404 ? errc::not_found : errc::failed, got.error_text()};
}

std::string shown(tools::shell::cluster& of, const std::string& line) {
  auto found = outcome_of(of, line);
  REQUIRE_MESSAGE(found, found.failure().message());
  return render(found->shown, {});
}

error failure_of(tools::shell::cluster& of, const std::string& line) {
  auto found = outcome_of(of, line);
  REQUIRE_FALSE(found);
  return found.failure();
}

std::string line_with(const std::string& text, const std::string& part) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (line.find(part) != std::string::npos)
      return line;
  FAIL("no line with '" << part << "' in:\n" << text);
  return "";
}

} // namespace weir::testing
