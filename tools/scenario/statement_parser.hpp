#pragma once

#include "script.hpp"
#include "word_reader.hpp"

namespace weir::scenario {

/// Reads a statement that is one line, all but the end of the line.
action parse_action(word_reader& words);

} // namespace weir::scenario
