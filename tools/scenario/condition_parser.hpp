#pragma once

#include "conditions.hpp"
#include "word_reader.hpp"

namespace weir::scenario {

/// Reads a condition, to the end of the line. `is_waited_for`: behind `wait`, where it may be about what
/// happens from now on.
condition parse_condition(word_reader& words, bool is_waited_for);

} // namespace weir::scenario
