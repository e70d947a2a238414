#include "dataflow/chain_drawing.hpp"

#include <algorithm>
#include <limits>

namespace weir {

namespace {

constexpr std::uint32_t free_column = std::numeric_limits<std::uint32_t>::max();

/// Lines run down in columns, each to the operator that reads it; operators stand in the column of the first
/// line they read.
class drawing {
public:
  /// `readers`: of each operator, in order.
  explicit drawing(const std::vector<std::vector<std::uint32_t>>& readers) : readers_{readers} {}

  /// Operators come in order, producers first.
  void add(std::uint32_t op, const std::string& label) {
    std::vector<std::size_t> read = columns_of(op);
    if (read.size() > 1) {
      branch(read, "┴", "╯");
      for (std::size_t i = 1; i < read.size(); ++i)
        columns_[read[i]] = free_column;
      drop_free();
    }
    std::size_t at = read.empty() ? take_column(0) : read.front();
    columns_[at] = op;
    row(at, label);
    const auto& readers = readers_[op];
    columns_[at] = readers.empty() ? free_column : readers.front();
    std::vector<std::size_t> lines{at};
    for (std::size_t i = 1; i < readers.size(); ++i) {
      lines.push_back(take_column(lines.back() + 1));
      columns_[lines.back()] = free_column; // not there yet in the row that makes it
    }
    if (lines.size() > 1)
      branch(lines, "┬", "╮");
    for (std::size_t i = 1; i < lines.size(); ++i)
      columns_[lines[i]] = readers[i];
    drop_free();
  }

  std::vector<std::string> take() { return std::move(rows_); }

private:
  [[nodiscard]] std::vector<std::size_t> columns_of(std::uint32_t op) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i] == op)
        found.push_back(i);
    return found;
  }

  /// Columns to the right of all lines.
  void drop_free() {
    while (!columns_.empty() && columns_.back() == free_column)
      columns_.pop_back();
  }

  std::size_t take_column(std::size_t from) {
    while (from < columns_.size() && columns_[from] != free_column)
      ++from;
    if (from >= columns_.size())
      columns_.resize(from + 1, free_column);
    return from;
  }

  void row(std::size_t at, const std::string& label) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      text += std::string{i == at ? "○" : columns_[i] == free_column ? " " : "│"} + " ";
    rows_.push_back(text + label);
  }

  /// Lines that come together in the first of these columns, or part from it.
  void branch(const std::vector<std::size_t>& lines, const char* middle, const char* last) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      bool inside = i > lines.front() && i < lines.back();
      bool is_line = std::ranges::find(lines, i) != lines.end();
      bool is_taken = columns_[i] != free_column;
      if (i == lines.front())
        text += "├";
      else if (i == lines.back())
        text += last;
      else if (is_line)
        text += middle;
      else
        text += inside ? (is_taken ? "┼" : "─") : (is_taken ? "│" : " ");
      text += i >= lines.front() && i < lines.back() ? "─" : " ";
    }
    while (text.ends_with(' '))
      text.pop_back();
    rows_.push_back(text);
  }

  const std::vector<std::vector<std::uint32_t>>& readers_;
  std::vector<std::uint32_t> columns_; ///< the operator that each line goes to
  std::vector<std::string> rows_;
};

std::string label_of(const job_graph& graph, std::uint32_t vertex, std::uint32_t op) {
  const job_vertex& in = graph.vertices[vertex];
  std::string label = in.operators[op].name;
  auto name = [&](std::uint32_t of_vertex, std::uint32_t of_operator) -> const std::string& {
    return graph.vertices[of_vertex].operators[of_operator].name;
  };
  for (const chained_input& input : in.operators[op].inputs)
    if (input.output != 0)
      label += "  (side output of " + in.operators[input.from].name + ")";
  for (const job_edge& edge : graph.edges)
    if (edge.to_vertex == vertex && edge.to_operator == op)
      label +=
          "  ← " + std::string{name_of(edge.how)} + " from " + name(edge.from_vertex, edge.from_operator);
  for (const job_edge& edge : graph.edges)
    if (edge.from_vertex == vertex && edge.from_operator == op)
      label += "  → " + std::string{name_of(edge.how)} + " to " + name(edge.to_vertex, edge.to_operator);
  return label;
}

} // namespace

std::string_view name_of(detail::partitioning how) {
  switch (how) {
  case detail::partitioning::forward:
    return "FORWARD";
  case detail::partitioning::hash:
    return "HASH";
  case detail::partitioning::rebalance:
    return "REBALANCE";
  case detail::partitioning::rescale:
    return "RESCALE";
  case detail::partitioning::broadcast:
    return "BROADCAST";
  case detail::partitioning::global:
    return "GLOBAL";
  case detail::partitioning::custom:
    return "CUSTOM";
  }
  return "UNKNOWN";
}

std::vector<std::string> draw_chain(const job_graph& graph, std::uint32_t vertex) {
  const auto& operators = graph.vertices[vertex].operators;
  std::vector<std::vector<std::uint32_t>> readers(operators.size());
  for (std::uint32_t op = 0; op < operators.size(); ++op)
    for (const chained_input& input : operators[op].inputs)
      readers[input.from].push_back(op);
  drawing lines{readers};
  for (std::uint32_t op = 0; op < operators.size(); ++op)
    lines.add(op, label_of(graph, vertex, op));
  return lines.take();
}

} // namespace weir
