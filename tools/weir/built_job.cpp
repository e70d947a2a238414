#include "built_job.hpp"

#include "base/hash.hpp"
#include "base/options.hpp"
#include "dataflow/code_settings.hpp"
#include "dataflow/job_code.hpp"
#include "dataflow/job_library.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace weir::tools {
namespace {

/// Settings of the job: those that shape its graph, which the workers must have as well, and those by which
/// the master leads it.
bool is_of_job(std::string_view key) {
  return key.starts_with("pipeline.") || key.starts_with("execution.") ||
         key.starts_with("restart-strategy.") || key == options::failover_strategy.key ||
         key == options::parallelism_default.key || key == options::state_backend_type.key;
}

} // namespace

result<built_job> build_job(const command_context& with, const job_request& request) {
  auto library = job_library::load(with.environment, request.library);
  if (!library)
    return library.failure();
  auto bytes = with.environment.files().read_all(request.library, job_library_bytes_max);
  if (!bytes)
    return bytes.failure();

  job_spec spec;
  spec.name = request.name;
  spec.library_hash = sha256_hex(*bytes);
  spec.library_name = request.library_name.empty()
                          ? std::filesystem::path{request.library}.filename().string()
                          : request.library_name;
  spec.function = request.function;
  spec.arguments = with.job_arguments;
  spec.parallelism = request.parallelism;
  for (const auto& [key, value] : with.settings.values())
    if (is_of_job(key))
      spec.configuration.emplace(key, value);

  auto options = compile_options_of(spec);
  if (!options)
    return options.failure();
  auto code = (*library)->build(spec);
  if (!code)
    return code.failure().wrap("cannot build the job of " + spec.library_name);
  auto of_code = settings_of(**code);
  if (!of_code)
    return of_code.failure().wrap("cannot build the job of " + spec.library_name);
  spec.configuration.insert(of_code->begin(), of_code->end()); // beneath what was said at submission
  auto graph = compile(**code, *options);
  if (!graph)
    return graph.failure().wrap("cannot build the job of " + spec.library_name);
  spec.fingerprint = fingerprint(*graph);

  built_job built;
  built.submission.spec = std::move(spec);
  built.submission.graph = std::make_shared<const job_graph>(*std::move(graph));
  built.library = *std::move(bytes);
  return built;
}

std::uint64_t slots_of(const job_graph& graph) {
  std::map<std::string, std::uint64_t> widest;
  for (const job_vertex& vertex : graph.vertices) {
    std::uint64_t& width = widest[vertex.slot_sharing_group];
    width = std::max<std::uint64_t>(width, vertex.parallelism);
  }
  std::uint64_t slots = 0;
  for (const auto& [group, width] : widest)
    slots += width;
  return slots;
}

} // namespace weir::tools
