#include "dataflow/job_code.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"
#include "dataflow/job_library.hpp"

namespace weir {

namespace {

class library_code_provider final : public job_code_provider {
public:
  explicit library_code_provider(platform& system) : platform_{system} {}

  result<std::shared_ptr<const detail::stream_graph>> build(const std::string& library_path,
                                                            const job_spec& spec) override {
    auto library = job_library::load(platform_, library_path);
    if (!library)
      return library.failure();
    return (*library)->build(spec);
  }

private:
  platform& platform_;
};

} // namespace

result<compile_options> compile_options_of(const job_spec& spec) {
  configuration values;
  for (const auto& [key, value] : spec.configuration)
    if (auto set = values.set(key, value, "the job's configuration"); !set)
      return set.failure();
  compile_options options;
  options.parallelism = spec.parallelism != 0
                            ? spec.parallelism
                            : static_cast<std::uint32_t>(values.get(options::parallelism_default));
  options.chaining = values.get(options::pipeline_operator_chaining);
  options.max_parallelism = static_cast<std::uint32_t>(values.get(options::pipeline_max_parallelism));
  options.buffer_timeout_ms = values.get(options::execution_buffer_timeout).count();
  options.watermark_interval_ms = values.get(options::pipeline_auto_watermark_interval).count();
  if (values.values().contains(options::state_backend_type.key))
    options.backend = state_backend_of(values);
  options.name = spec.name;
  return options;
}

std::unique_ptr<job_code_provider> make_library_code_provider(platform& system) {
  return std::make_unique<library_code_provider>(system);
}

result<job_code> make_job_code(job_code_provider& provider, const std::string& library_path,
                               const job_spec& spec) {
  auto options = compile_options_of(spec);
  if (!options)
    return options.failure();
  auto code = provider.build(library_path, spec);
  if (!code)
    return code.failure();
  auto graph = compile(**code, *options);
  if (!graph)
    return graph.failure();
  if (fingerprint(*graph) != spec.fingerprint)
    return error{errc::failed, "the job function built a different graph on the worker than at the client; "
                               "it must depend on nothing "
                               "but its arguments (not on time, randomness, files or the environment)"};
  return job_code{std::move(*code), std::make_shared<const job_graph>(std::move(*graph))};
}

} // namespace weir
