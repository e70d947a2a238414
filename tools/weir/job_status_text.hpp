#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace weir::tools {

/// What `weir status` says of a job, from `GET /jobs/:jobid` and `GET /jobs/:jobid/exceptions`.
std::string job_status_text(const nlohmann::json& job, const nlohmann::json& exceptions);

} // namespace weir::tools
