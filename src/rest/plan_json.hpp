#pragma once

#include "base/ids.hpp"
#include "dataflow/job_graph.hpp"

#include <nlohmann/json_fwd.hpp>

namespace weir {

/// {"plan": …} as `GET /jobs/:id/plan` gives it and `weir info` prints it: a node a vertex, each with its
/// operator chain as a DAG in the extra fields `chain`, [{"id","name","kind","inputs":[indices into the
/// chain]}], and `drawing`: the same as lines for people (chain_drawing.hpp).
nlohmann::json plan_json(const job_graph& graph, job_id id);

/// Escapes what HTML gives a meaning; line ends become "<br/>".
std::string escape_html(std::string_view text);

} // namespace weir
