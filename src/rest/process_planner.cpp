#include "rest/child_process.hpp"
#include "rest/job_planner.hpp"
#include "rest/submission_json.hpp"

#include <nlohmann/json.hpp>

#include <cstring>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

/// What the program said, without the end of the last line.
std::string trimmed(std::string text) {
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

class process_planner final : public job_planner {
public:
  process_planner(weir::clock& clock, process_planner_settings settings)
      : clock_{clock}, settings_{std::move(settings)} {}

  result<job_submission> plan(const plan_request& request, const std::stop_token& stop) override {
    child_command command;
    command.timeout = settings_.timeout;
    command.arguments = {settings_.program, "build-graph", "--library-name=" + request.library_name};
    if (!request.function.empty())
      command.arguments.push_back("--class=" + request.function);
    if (request.parallelism != 0)
      command.arguments.push_back("--parallelism=" + std::to_string(request.parallelism));
    for (const auto& [key, value] : request.configuration)
      command.arguments.insert(command.arguments.end(), {"-D", key + "=" + value});
    command.arguments.push_back(request.library);
    command.arguments.insert(command.arguments.end(), request.arguments.begin(), request.arguments.end());
    auto outcome = run_child(command, clock_, stop);
    if (!outcome)
      return outcome.failure().wrap("cannot build the job's graph");
    return read(*outcome);
  }

private:
  result<job_submission> read(const child_outcome& outcome) const {
    using ending = child_outcome::ending;
    switch (outcome.how) {
    case ending::stopped:
      return error{errc::canceled, "The server is shutting down."};
    case ending::timed_out:
      return error{errc::invalid_argument, "The job function did not return within " +
                                               std::to_string(settings_.timeout.count()) +
                                               " ms (web.plan.timeout)."};
    case ending::wrote_too_much:
      return error{errc::invalid_argument, "The job function wrote too much, or its graph is too large."};
    case ending::signaled:
      return error{errc::invalid_argument,
                   "The job function crashed: " + std::string{strsignal(outcome.code)} +
                       (outcome.errors.empty() ? "" : "\n" + trimmed(outcome.errors))};
    case ending::exited:
      break;
    }
    if (outcome.code != 0)
      return error{errc::invalid_argument, trimmed(outcome.errors)};
    auto submission = parse_submission(json::parse(outcome.output, nullptr, false));
    if (!submission)
      return error{errc::failed,
                   submission.failure().wrap(settings_.program + " printed no job graph").message()};
    return submission;
  }

  weir::clock& clock_;
  process_planner_settings settings_;
};

} // namespace

std::unique_ptr<job_planner> make_process_planner(weir::clock& clock, process_planner_settings settings) {
  return std::make_unique<process_planner>(clock, std::move(settings));
}

} // namespace weir
