#pragma once

#include "scheduler/job_status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

/// The JSON of a whole job, as Flink's clients read it. `now` is wall time in milliseconds.
namespace weir {

/// One entry of `GET /jobs/overview`.
nlohmann::json overview_entry_json(const job_summary& job, std::int64_t now);

/// `GET /jobs/:jobid`.
nlohmann::json job_json(const job_details& job, std::int64_t now);

/// `GET /jobs/:jobid/config`.
nlohmann::json config_json(const job_details& job);

/// `GET /jobs/:jobid/exceptions`, with at most `most` entries.
nlohmann::json exceptions_json(const job_details& job, std::size_t most);

/// `GET /jobs/:jobid/execution-result`: collected results by name in "accumulator-results", and in
/// "user-accumulators" those that user code added up.
nlohmann::json execution_result_json(const job_details& job);

/// `GET /jobs/:jobid/accumulators`. Collected results are accumulators of type "String".
nlohmann::json accumulators_json(const job_details& job, bool with_serialized_values);

/// Pointers to the subtasks of a vertex, for the functions of subtask_view.hpp. Empty when `vertex` is
/// unknown.
std::vector<const subtask_status*> subtasks_of(const job_details& job, std::size_t vertex);

/// {"class", "stack-trace", "serialized-throwable"} of a failure, or null when there was none.
nlohmann::json failure_cause_json(const job_details& job);
nlohmann::json failure_cause_json(const std::string& cause);

} // namespace weir
