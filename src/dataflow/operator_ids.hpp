#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"

#include <weir/detail/graph.hpp>

#include <vector>

namespace weir {

/// The ids by which operators find their state in a later version of the job.
///
/// With a uid it is the uid's hash. Without one it follows from what is upstream: the operator's kind, the
/// ids of its producers and how their records reach it; operators that agree in all of this are counted in
/// the order they were written. So names, parallelism, chaining and whatever is downstream or beside it may
/// change.
///
/// Fails when two operators have the same uid.
result<std::vector<operator_id>> assign_operator_ids(const detail::stream_graph& graph);

} // namespace weir
