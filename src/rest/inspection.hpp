#pragma once

#include "base/result.hpp"
#include "scheduler/job_status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// What the shell calls a task: "<job>/v1/s0", with or without the "/e3-2" of its attempt.
struct task_name {
  job_id job;
  std::uint32_t vertex = 0;
  std::uint32_t subtask = 0;
};

std::optional<task_name> parse_task_name(std::string_view text);

/// Every subtask of a job in one flat list: {"tasks":[…]}.
nlohmann::json task_list_json(const job_details& job, std::int64_t now);

/// One task with its place in the graph. Fails with not_found when the job has no such subtask.
result<nlohmann::json> task_json(const job_details& job, const task_name& name, std::int64_t now);

} // namespace weir
