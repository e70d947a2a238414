#pragma once

#include "base/result.hpp"
#include "dataflow/job_graph.hpp"
#include "dataflow/job_spec.hpp"

#include <span>
#include <vector>

namespace weir {

/// The most subtasks a job may have, over all vertices, and the most channels between them. They bound what a
/// submission can make the master hold; far above what one master can run.
inline constexpr std::uint64_t job_subtasks_max = 1 << 20;
inline constexpr std::uint64_t job_channels_max = 1 << 26;

/// Cap'n Proto bytes of `schemas/graph.capnp`.
std::vector<char> encode(const job_graph& graph);
std::vector<char> encode(const job_spec& spec);

/// Any bytes are allowed; errors are `corrupt`. A graph that comes back is safe to schedule: its indices
/// point somewhere, producers stand before consumers, parallelisms are possible and within the limits above.
result<job_graph> decode_job_graph(std::span<const char> bytes);
result<job_spec> decode_job_spec(std::span<const char> bytes);

} // namespace weir
