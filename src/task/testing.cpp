#include <weir/testing.hpp>

#include "base/platform.hpp"
#include "dataflow/job_graph.hpp"
#include "task/local_pipeline.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace weir::testing {

std::vector<std::string> run_result::lines(const std::string& name) const {
  auto found = collected_.find(name);
  if (found == collected_.end())
    throw std::out_of_range{"nothing was collected as \"" + name + "\""};
  std::vector<std::string> lines;
  std::string_view rest = found->second;
  while (!rest.empty()) {
    auto end = rest.find('\n');
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string> run_result::sorted_lines(const std::string& name) const {
  auto sorted = lines(name);
  std::ranges::sort(sorted);
  return sorted;
}

run_result run(const environment& env, const run_options& options) {
  auto compiled = compile(env.graph(), {.parallelism = options.parallelism,
                                        .chaining = options.chaining,
                                        .watermark_interval_ms = options.watermark_interval_ms});
  if (!compiled)
    throw std::invalid_argument{compiled.failure().message()};
  auto graph = std::make_shared<const job_graph>(std::move(*compiled));
  // The environment outlives the run, so the graph of its operators needs no owner.
  std::shared_ptr<const detail::stream_graph> code{std::shared_ptr<void>{}, &env.graph()};
  auto environment = make_system_platform();
  local_pipeline::options settings;
  settings.seed = options.seed;
  settings.is_local = [encoded = options.encoded](const channel_id&) { return !encoded; };
  local_pipeline pipeline{graph, code, *environment, settings};
  auto results = pipeline.run();
  if (!results)
    throw std::runtime_error{results.failure().message()};
  std::map<std::string, std::string> collected;
  for (task_result& each : *results)
    collected[each.name] += each.value;
  return run_result{std::move(collected)};
}

} // namespace weir::testing
