#include "simulation/simulated_job.hpp"

#include "base/hash.hpp"

#include <stdexcept>
#include <utility>

namespace weir::simulation {

job_spec simulated_job::specification(std::uint32_t parallelism) const {
  return {.name = name_, .library_hash = sha256_hex(library_), .parallelism = parallelism};
}

std::shared_ptr<const job_graph> simulated_job::graph(const job_spec& spec) {
  auto built = build({}, spec);
  auto options = compile_options_of(spec);
  auto compiled = options ? compile(**built, *options) : result<job_graph>{options.failure()};
  if (!compiled)
    throw std::runtime_error{compiled.failure().message()};
  return std::make_shared<const job_graph>(std::move(*compiled));
}

} // namespace weir::simulation
