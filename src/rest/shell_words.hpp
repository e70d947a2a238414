#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Splits a line of arguments as a shell would: at blanks, with 'single' and "double" quotes and backslashes.
/// Fails when a quote is not closed.
result<std::vector<std::string>> split_words(std::string_view line);

} // namespace weir
