#pragma once

#include "base/result.hpp"
#include "script.hpp"

#include <string_view>

namespace weir::scenario {

/// Reads a script; the grammar is in docs/scenarios.md. Errors have the form "FILE:LINE: expected …, found
/// …".
result<script> parse_script(std::string_view file, std::string_view text);

} // namespace weir::scenario
