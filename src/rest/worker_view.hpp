#pragma once

#include "scheduler/job_status.hpp"
#include "scheduler/worker_status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <span>

namespace weir {

/// One entry of `GET /taskmanagers`.
nlohmann::json worker_json(const worker_status& worker);

/// `GET /taskmanagers/:id`.
nlohmann::json worker_details_json(const worker_status& worker);

/// `GET /overview`, without the fields that describe the program.
nlohmann::json overview_json(std::span<const worker_status> workers, std::span<const job_summary> jobs);

} // namespace weir
