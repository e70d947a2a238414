#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::tools::shell {

/// A command as it was typed: its name, then its arguments.
using words = std::vector<std::string>;

/// Splits a line at ';' into commands and those at blanks into words. Quotes of both kinds and a backslash
/// keep what follows as it is. Commands without a word are left out. Fails when a quote is not closed.
result<std::vector<words>> split_commands(std::string_view line);

/// `word` as it must be typed to be one word.
std::string as_word(std::string_view word);

} // namespace weir::tools::shell
