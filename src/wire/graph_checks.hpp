#pragma once

#include "dataflow/job_graph.hpp"

#include <string>

namespace weir::wire {

/// A sentence when a graph that came from outside cannot be scheduled, else an empty string. What it finds
/// are lies or bugs of the sender; mistakes of users were refused when the graph was compiled.
std::string what_is_wrong_with(const job_graph& graph);

} // namespace weir::wire
