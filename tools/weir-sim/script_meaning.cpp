#include "script_meaning.hpp"

#include "script_jobs.hpp"
#include "script_lines.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace weir::simulation {

namespace {

constexpr const char* nothing = " means nothing in the simulation";

/// What is wrong with it; empty: nothing.
std::string problem_with(const scenario::condition& of) {
  if (std::holds_alternative<scenario::memory_below>(of))
    return std::string{"the memory of a node"} + nothing;
  return {};
}

std::string problem_with(const scenario::run_job& job) {
  if (job.library.is_literal() && !script_jobs::has(job.library.written()))
    return "the job library " + job.library.written() + nothing;
  std::vector<std::string> options;
  for (const scenario::template_text& each : job.options)
    options.push_back(each.written());
  return std::ranges::all_of(job.options, &scenario::template_text::is_literal)
             ? script_jobs::problem_with(options)
             : "";
}

std::string problem_with(const scenario::statement& of) {
  if (auto text = scenario::template_text::parse(of.text))
    for (const std::string& each : text->variables())
      if (each == "programs" || each == "script")
        return "$" + each + nothing;
  if (auto* waited = std::get_if<scenario::wait_for>(&of.what))
    return problem_with(waited->until);
  if (auto* expected = std::get_if<scenario::expect_that>(&of.what))
    return problem_with(expected->what);
  if (auto* job = std::get_if<scenario::run_job>(&of.what))
    return problem_with(*job);
  return {};
}

} // namespace

result<void> check_meaning(const scenario::script& of) {
  std::optional<error> first;
  visit(of.statements, [&](const scenario::statement& each) {
    if (std::string wrong = problem_with(each); !wrong.empty() && !first)
      first = scenario::error_at(of.file, each.line, wrong);
  });
  return first ? result<void>{*first} : result<void>{};
}

} // namespace weir::simulation
