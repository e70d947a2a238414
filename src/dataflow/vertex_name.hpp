#pragma once

#include "dataflow/job_graph.hpp"

#include <string>

namespace weir {

/// What people see of a chain: "Source: lines -> words -> (Sink: log, count)". Parts that begin the chain
/// side by side are separated by commas; each operator stands once, behind the first it reads from.
std::string vertex_name(const job_vertex& vertex, const detail::stream_graph& graph);

} // namespace weir
