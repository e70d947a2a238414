#pragma once

#include "table.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

/// The tables that more than one command shows, from the lists in the master's answers.
namespace weir::tools::shell {

/// Is this the last state of a job?
bool has_ended(std::string_view state);

/// Entries of `GET /jobs/overview`: first those that have not ended, then the others; the newest first in
/// both.
std::vector<const nlohmann::json*> in_reading_order(const nlohmann::json& jobs);

/// A state of a job or a task, coloured.
cell state_cell(const std::string& state);

/// Entries of `GET /jobs/overview`: first those that have not ended, then the others; the newest first in
/// both.
table job_rows(const nlohmann::json& jobs);

/// Entries of `GET /jobs/:jobid/tasks`.
table task_rows(const nlohmann::json& tasks);

/// "v1/s0", the part of an attempt's id that is the same for all attempts of a task.
std::string short_task_id(const nlohmann::json& task);

/// "busy 80 %, backpressured 15 %, idle 5 %" of a task's or a vertex's metrics.
std::string time_shares(const nlohmann::json& metrics);

} // namespace weir::tools::shell
