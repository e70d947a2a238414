#include "table.hpp"

#include "units.hpp"
#include "utf8.hpp"

#include <algorithm>

namespace weir::tools {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view colour_ends = "\033[0m";

std::string_view colour_of(tone means) {
  switch (means) {
  case tone::plain:
    return "";
  case tone::good:
    return "\033[32m";
  case tone::bad:
    return "\033[31m";
  case tone::attention:
    return "\033[33m";
  }
  return "";
}

/// Adds `text` in a field of `width` cells. Nothing follows the last column's text, so that lines have no
/// blank end.
void add_field(std::string& line, const std::string& text, std::string_view colour, align side,
               std::size_t width, bool last) {
  std::size_t covered = width_of(text);
  std::string padding(width > covered ? width - covered : 0, ' ');
  if (side == align::right)
    line += padding;
  line += colour;
  line += text;
  if (!colour.empty())
    line += colour_ends;
  if (side == align::left && !last)
    line += padding;
  if (!last)
    line += gap;
}

void add_line(std::string& text, std::string line) {
  // The last cell of a row may be empty, and then the gap before it is what the line ends with.
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

std::string rendered(const table& shown, page_style style) {
  std::vector<std::size_t> widths;
  bool titled = false;
  for (const column& of : shown.columns) {
    widths.push_back(width_of(of.title));
    titled = titled || !of.title.empty();
  }
  std::vector<std::vector<std::string>> texts;
  for (const auto& row : shown.rows) {
    texts.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      texts.back().push_back(printable(row[i].text));
      widths[i] = std::max(widths[i], width_of(texts.back().back()));
    }
  }

  std::size_t last = shown.columns.size() - 1;
  std::string text;
  if (titled) {
    std::string line;
    for (std::size_t i = 0; i <= last; ++i)
      add_field(line, shown.columns[i].title, style.colour ? bold : "", shown.columns[i].side, widths[i],
                i == last);
    add_line(text, line);
  }
  for (std::size_t row = 0; row < texts.size(); ++row) {
    std::string line;
    for (std::size_t i = 0; i <= last; ++i) {
      std::string_view colour = style.colour ? colour_of(shown.rows[row][i].means) : "";
      add_field(line, texts[row][i], colour, shown.columns[i].side, widths[i], i == last);
    }
    add_line(text, line);
  }
  return text;
}

/// The length of the escape sequence that `text` begins with, as render() makes them.
std::size_t colour_bytes(std::string_view text) {
  if (!text.starts_with("\033["))
    return 0;
  std::size_t end = text.find('m');
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::string clipped_line(std::string_view line, std::size_t columns) {
  std::string kept;
  std::size_t covered = 0;
  while (!line.empty()) {
    std::size_t length = colour_bytes(line);
    if (length == 0) {
      utf8_character next = first_character(line);
      length = next.bytes;
      covered += next.width;
    }
    // Colours behind the edge are kept, so that the one that ends them is.
    if (covered <= columns || colour_bytes(line) != 0)
      kept += line.substr(0, length);
    line.remove_prefix(length);
  }
  return kept;
}

} // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    utf8_character next = first_character(text);
    width += next.width;
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string render(const page& shown, page_style style) {
  std::string text;
  for (const auto& block : shown) {
    if (auto* lines = std::get_if<std::string>(&block))
      text += printable(*lines, '\n') + '\n';
    else
      text += rendered(std::get<table>(block), style);
  }
  return text;
}

std::string clipped(std::string_view rendered, std::size_t columns, std::size_t rows) {
  std::vector<std::string_view> lines;
  while (!rendered.empty()) {
    std::size_t end = std::min(rendered.find('\n'), rendered.size() - 1);
    bool complete = rendered[end] == '\n';
    lines.push_back(rendered.substr(0, complete ? end : end + 1));
    rendered.remove_prefix(end + 1);
  }
  std::size_t shown = lines.size();
  if (shown > rows)
    shown = rows > 0 ? rows - 1 : 0;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i)
    text += clipped_line(lines[i], columns) + '\n';
  if (shown < lines.size() && rows > 0)
    text += clipped_line("(" + counted(lines.size() - shown, "line") + " more)", columns) + '\n';
  return text;
}

} // namespace weir::tools
