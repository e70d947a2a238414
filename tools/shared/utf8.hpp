#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::tools {

struct utf8_character {
  std::size_t bytes = 1;
  std::size_t width = 1; ///< cells of a terminal
  bool shown = true;     ///< false for control characters and for bytes that are not UTF-8
};

/// Looks at the beginning of a text that is not empty. The width of characters beyond ASCII is the locale's.
utf8_character first_character(std::string_view text);

/// `text` with '?' in the place of all that a terminal should not get, except `kept`.
std::string printable(std::string_view text, char kept = '\0');

} // namespace weir::tools
