#include "report.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace bench {

namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 512> line{};
  int size = std::snprintf(line.data(), line.size(), format, values...);
  return {line.data(), std::min(static_cast<std::size_t>(size), line.size() - 1)};
}

/// 12345678 -> "12.3 M".
std::string readable(double value) {
  for (auto [unit, size] : {std::pair{"G", 1e9}, {"M", 1e6}, {"k", 1e3}})
    if (value >= size)
      return formatted("%.4g %s", value / size, unit);
  return formatted("%.3g", value);
}

/// Shortest form that reads back as nearly the same number, and valid JSON for any value.
std::string json_number(double value) {
  return std::isfinite(value) ? formatted("%.6g", value) : "null";
}

std::string json_string(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      quoted += formatted("\\u%04x", static_cast<unsigned>(c));
    else
      quoted += c;
  }
  return quoted + "\"";
}

std::string json_range(const side& of) {
  auto [least, most] = of.range();
  return "[" + json_number(least) + "," + json_number(most) + "]";
}

bool misses_target(const comparison& result) {
  return (result.target > 0 && result.ratio() < result.target) ||
         (result.floor > 0 && result.weir.median() < result.floor);
}

std::string wanted(const comparison& result) {
  if (result.floor > 0)
    return readable(result.floor);
  return result.target > 0 ? formatted("%.2f", result.target) : "";
}

} // namespace

std::string table_heading() {
  return formatted("%-16s %-9s %-10s %12s %12s %7s %8s %7s %8s", "bench", "variant", "unit", "weir", "limit",
                   "ratio", "per cpu", "cores", "wanted");
}

std::string table_line(const comparison& result) {
  std::string line = formatted("%-16s %-9s ", result.name.c_str(), result.variant.c_str());
  if (!result.failure.empty())
    return line + "failed: " + result.failure;
  line += formatted("%-10s %12s %12s %7.2f %8.2f %7.2f %8s%s", result.unit.c_str(),
                    readable(result.weir.median()).c_str(), readable(result.limit.median()).c_str(),
                    result.ratio(), result.cpu_ratio(), result.weir.cores(), wanted(result).c_str(),
                    misses_target(result) ? "  below" : "");
  for (const side& reference : result.references)
    line += formatted("\n%-16s %-9s   %s: %s", "", "", reference.name.c_str(),
                      readable(reference.median()).c_str());
  return line;
}

std::string json_line(const comparison& result) {
  std::string line = "{\"bench\":" + json_string(result.name) +
                     ",\"variant\":" + json_string(result.variant) + ",\"unit\":" + json_string(result.unit);
  if (!result.failure.empty())
    return line + ",\"failure\":" + json_string(result.failure) + "}";
  auto add = [&](const char* key, const std::string& value) {
    line += ",\"" + std::string{key} + "\":" + value;
  };
  add("weir", json_number(result.weir.median()));
  add("limit", json_number(result.limit.median()));
  add("ratio", json_number(result.ratio()));
  add("cpu_ratio", json_number(result.cpu_ratio()));
  add("target", json_number(result.target));
  add("floor", json_number(result.floor));
  add("rounds", json_number(static_cast<double>(result.weir.values.size())));
  add("weir_range", json_range(result.weir));
  add("limit_range", json_range(result.limit));
  add("weir_cores", json_number(result.weir.cores()));
  std::string references;
  for (const side& reference : result.references)
    references +=
        (references.empty() ? "" : ",") + json_string(reference.name) + ":" + json_number(reference.median());
  add("references", "{" + references + "}");
  return line + "}";
}

} // namespace bench
