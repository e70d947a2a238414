#pragma once

#include "dataflow/job_graph.hpp"
#include "scheduler/checkpoint_history.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <memory>
#include <string>

/// The JSON of a job's checkpoints, as Flink's clients read it.
namespace weir {

/// `GET /jobs/:jobid/checkpoints`.
nlohmann::json checkpoints_json(const checkpoint_overview& of);

/// `GET /jobs/:jobid/checkpoints/config`. `backend` is the name of the job's state backend.
nlohmann::json checkpoint_config_json(const checkpoint_settings& of, const std::string& backend);

/// `GET /jobs/:jobid/checkpoints/details/:checkpointid`.
nlohmann::json checkpoint_details_json(const checkpoint_record& of, const job_graph& graph);

/// `GET /jobs/:jobid/checkpoints/details/:checkpointid/subtasks/:vertexid`, of the vertex at this index.
nlohmann::json checkpoint_subtasks_json(const checkpoint_record& of, std::size_t vertex);

/// One that is still known; else nullptr.
std::shared_ptr<const checkpoint_record> find_checkpoint(const checkpoint_overview& in, checkpoint_id id);

} // namespace weir
