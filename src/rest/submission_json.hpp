#pragma once

#include "base/result.hpp"
#include "rest/cluster_gateway.hpp"

#include <nlohmann/json_fwd.hpp>

namespace weir {

/// The body of `POST /jobs`: {"jobId": "<32 hex>", "spec": base64, "graph": base64}, with the bytes of
/// wire/graph_codec.hpp, so that arguments which are not UTF-8 arrive as they are. A zero job id is left out.
nlohmann::json submission_json(const job_submission& submission);

/// Any JSON is allowed. A missing job id is the zero id. Checks that the graph has the fingerprint that the
/// specification states.
result<job_submission> parse_submission(const nlohmann::json& body);

} // namespace weir
