#pragma once

#include "dataflow/job_graph.hpp"
#include "scheduler/job_status.hpp"
#include "scheduler/worker_status.hpp"

#include <cstdint>

/// A small cluster with a running word count: two vertices of two subtasks, on two workers.
namespace weir::testing {

inline constexpr job_id example_id{{0x0123456789abcdef, 0xfedcba9876543210}};
inline constexpr const char* example_id_text = "0123456789abcdeffedcba9876543210";
inline constexpr const char* words_vertex_text = "00000000000000000000000000000002";
inline constexpr const char* count_vertex_text = "00000000000000000000000000000004";
inline constexpr std::int64_t started_wall_ms = 1'700'000'000'000;

job_graph example_graph();

/// RUNNING for 100 seconds at manual_clock's first moment.
job_details example_job();

/// Two workers of two slots; example_job() holds one slot of each.
std::vector<worker_status> example_workers();

} // namespace weir::testing
