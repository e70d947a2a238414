#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::scenario {

/// One word of a line. In quotes it may hold blanks and '#', and is never a keyword, a brace or a sign.
struct script_word {
  std::string text;
  bool is_quoted = false;
};

struct script_line {
  unsigned number = 0; ///< from 1
  std::vector<script_word> words;
  std::string text; ///< as written, without the blanks around it and without a comment
};

/// "FILE:LINE: sentence", the form of every error about a script.
error error_at(std::string_view file, unsigned line, std::string_view sentence);

/// Splits a script into the words of its lines; lines without words are left out. `file` is for errors.
result<std::vector<script_line>> split_into_words(std::string_view file, std::string_view script);

} // namespace weir::scenario
