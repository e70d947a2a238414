#include "job_submission.hpp"

#include "process.hpp"

#include <string_view>

namespace weir::scenario {

std::filesystem::path job_library(const std::string& named, const std::filesystem::path& programs,
                                  const std::filesystem::path& script) {
  if (named.find('/') != std::string::npos || named.ends_with(".so"))
    return script.parent_path() / named;
  auto of_tests = programs.parent_path() / "tests" / "jobs" / (named + ".so");
  return std::filesystem::exists(of_tests) ? of_tests : programs.parent_path() / "examples" / (named + ".so");
}

result<std::string> submit(const job_submission& what) {
  std::vector<std::string> command{what.weir, "run", "-d", "-m", what.master};
  command.insert(command.end(), what.options.begin(), what.options.end());
  command.push_back(what.library);
  command.insert(command.end(), what.arguments.begin(), what.arguments.end());
  auto done = testing::run(command);
  constexpr std::string_view said = "Job has been submitted with JobID ";
  constexpr std::size_t digits = 32;
  std::size_t begin = done.output.find(said);
  if (!done.succeeded() || begin == std::string::npos)
    return error{errc::failed, "the job was not submitted: " + done.text()};
  return done.output.substr(begin + said.size(), digits);
}

} // namespace weir::scenario
