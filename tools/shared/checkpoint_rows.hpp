#pragma once

#include "table.hpp"

#include <nlohmann/json_fwd.hpp>

namespace weir::tools {

/// What `GET /jobs/:jobid/checkpoints` says: how many there were, from which one the job was restored last,
/// and a row for each that is still known, the newest first.
page checkpoint_page(const nlohmann::json& checkpoints);

} // namespace weir::tools
