#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir::tools {

/// What a cell's colour says.
enum class tone { plain, good, bad, attention };

struct cell {
  cell(std::string shown, tone meaning = tone::plain) : text{std::move(shown)}, means{meaning} {}
  cell(const char* shown) : text{shown} {}

  std::string text;
  tone means = tone::plain;
};

enum class align { left, right };

struct column {
  std::string title;
  align side = align::left;
};

/// Rows under titles; without titles when all are empty.
struct table {
  std::vector<column> columns;
  std::vector<std::vector<cell>> rows; ///< each as long as `columns`
};

/// What a command shows, from top to bottom. A string is one line or several; an empty one is an empty line.
using page = std::vector<std::variant<std::string, table>>;

struct page_style {
  bool colour = false;
};

/// Every line ends with a line feed. Control characters and broken UTF-8 in names are shown as '?', since
/// they come from strangers and would reach the terminal.
std::string render(const page& shown, page_style style);

/// Cells of a terminal that a text covers: one a character, two for the wide ones if the locale knows them.
std::size_t width_of(std::string_view text);

/// At most `rows` lines of at most `columns` cells, the last of them saying how many lines are left out.
/// Colours count nothing.
std::string clipped(std::string_view rendered, std::size_t columns, std::size_t rows);

} // namespace weir::tools
