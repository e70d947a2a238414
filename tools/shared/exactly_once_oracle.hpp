#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace weir::testing {

/// What is wrong with lines of examples/exactly_once, which should have the numbers 0 to records - 1 once
/// each, and the counts of each key without a gap; empty: nothing. Knows nothing of how they came about.
inline std::string judge_exactly_once(const std::vector<std::string>& lines, std::uint64_t records,
                                      std::uint64_t keys) {
  std::set<std::uint64_t> numbers;
  std::map<std::uint64_t, std::set<std::uint64_t>> counts;
  for (const std::string& line : lines) {
    std::uint64_t n = 0, key = 0, count = 0;
    std::istringstream fields{line};
    if (!(fields >> n >> key >> count) || n >= records || key != n % keys)
      return "the line '" + line + "' is of no number";
    if (!numbers.insert(n).second)
      return std::to_string(n) + " is there twice";
    if (!counts[key].insert(count).second)
      return "count " + std::to_string(count) + " of key " + std::to_string(key) + " is there twice";
  }
  if (numbers.size() != records)
    return std::to_string(records - numbers.size()) + " numbers are missing";
  for (const auto& [key, of] : counts)
    if (*of.begin() != 1 || *of.rbegin() != of.size())
      return "a count of key " + std::to_string(key) + " is missing";
  return {};
}

} // namespace weir::testing
