#include "scheduler/job_results.hpp"

#include <map>

namespace weir {

std::vector<task_result> merge_results(const execution_graph& execution) {
  std::map<std::string, std::string> merged;
  for (const auto& subtasks : execution.attempts())
    for (const execution_attempt& attempt : subtasks)
      for (const task_result& part : attempt.results)
        merged[part.name] += part.value;
  std::vector<task_result> results;
  for (auto& [name, value] : merged)
    results.push_back({.name = name, .value = std::move(value)});
  return results;
}

std::uint64_t results_size(const execution_graph& execution) {
  std::uint64_t size = 0;
  for (const auto& subtasks : execution.attempts())
    for (const execution_attempt& attempt : subtasks)
      for (const task_result& part : attempt.results)
        size += part.value.size();
  return size;
}

} // namespace weir
