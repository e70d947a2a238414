#pragma once

#include "base/result.hpp"

#include <weir/detail/graph.hpp>

#include <map>
#include <string>

namespace weir {

/// What a job's code says of how the master is to lead it, as keys of the configuration. Fails with the
/// sentence of the configuration when a value is none.
result<std::map<std::string, std::string>> settings_of(const detail::stream_graph& code);

} // namespace weir
