#pragma once

#include "conditions.hpp"
#include "template_text.hpp"

#include "base/result.hpp"

#include <chrono>
#include <cstdint>

namespace weir::scenario {

/// What a number of a script is now. Fails when its variables make no whole number.
result<std::uint64_t> number_of(const template_text& text, const variable_lookup& variables);

result<std::chrono::milliseconds> time_of(const time_span& span, const variable_lookup& variables);

/// The number of a node in node_group.
result<unsigned> number_of(const node_name& node, const variable_lookup& variables);

} // namespace weir::scenario
