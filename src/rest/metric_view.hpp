#pragma once

#include "rest/http_message.hpp"
#include "scheduler/job_status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Accumulators and metrics as Flink's clients read them.
namespace weir {

/// Names and values, which are text on the wire.
using metric_list = std::vector<std::pair<std::string, std::string>>;

/// "numRecordsIn", …, and "<operator>.<metric>" for each of its operators.
metric_list metrics_of(const subtask_status& subtask);

/// "uptime", "numRestarts", …
metric_list metrics_of(const job_summary& job, std::int64_t now);

/// The same, and "lastCheckpointDuration", … of a job that takes checkpoints.
metric_list metrics_of(const job_details& job, std::int64_t now);

/// [{"id"}] of all, or [{"id", "value"}] of those that the request's `get` names.
nlohmann::json metric_list_json(const metric_list& metrics, const http_request& request);

/// Over several subtasks or jobs: [{"id"}], or [{"id", "min", "max", "avg", "sum", "skew"}] of those that
/// `get` names, with what `agg` names of it. Values that are no numbers are left out.
nlohmann::json aggregated_metrics_json(const std::vector<metric_list>& of, const http_request& request);

/// [{"name", "type", "value"}] of the accumulators of some subtasks.
nlohmann::json user_accumulators_json(const std::vector<const subtask_status*>& subtasks);

nlohmann::json user_accumulators_json(const job_details& job);

/// Like "1,3,5-9"; an empty text names all of them.
bool names_number(const std::string& list, std::uint32_t number);

} // namespace weir
