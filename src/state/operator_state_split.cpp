#include "state/operator_state_split.hpp"

#include <algorithm>
#include <numeric>

namespace weir {

namespace {

std::vector<element_range> all_of(std::span<const std::uint64_t> stored) {
  std::vector<element_range> all;
  for (std::uint32_t i = 0; i < stored.size(); ++i)
    all.push_back({i, 0, stored[i]});
  return all;
}

/// The part of `all` with the elements [first, last) of their concatenation.
std::vector<element_range> piece_of(const std::vector<element_range>& all, std::uint64_t first,
                                    std::uint64_t last) {
  std::vector<element_range> piece;
  std::uint64_t begin = 0;
  for (const element_range& range : all) {
    std::uint64_t from = std::max(first, begin), to = std::min(last, begin + range.count);
    if (from < to)
      piece.push_back({range.from, from - begin, to - from});
    begin += range.count;
  }
  return piece;
}

} // namespace

std::vector<element_range> elements_for(detail::state_kind kind, std::span<const std::uint64_t> stored,
                                        std::uint32_t subtask, std::uint32_t parallelism) {
  if (stored.empty())
    return {};
  std::vector<element_range> all = all_of(stored);
  if (kind == detail::state_kind::operator_union_list)
    return all;
  if (kind == detail::state_kind::broadcast)
    return {all[subtask % all.size()]};
  if (parallelism == stored.size())
    return {all[subtask]};
  // Quotient and rest apart, so that no product overflows.
  std::uint64_t sum = std::accumulate(stored.begin(), stored.end(), std::uint64_t{0});
  std::uint64_t each = sum / parallelism, rest = sum % parallelism;
  std::uint64_t first = subtask * each + std::min<std::uint64_t>(subtask, rest);
  return piece_of(all, first, first + each + (subtask < rest ? 1 : 0));
}

key_group_range key_groups_of(std::uint32_t subtask, std::uint32_t parallelism,
                              std::uint32_t max_parallelism) {
  auto first_of = [&](std::uint64_t index) {
    return static_cast<std::uint32_t>((index * max_parallelism + parallelism - 1) / parallelism);
  };
  return {first_of(subtask), first_of(subtask + std::uint64_t{1}) - 1};
}

} // namespace weir
