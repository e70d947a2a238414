#include "state/operator_state_split.hpp"

#include <weir/detail/hash.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace weir;
using detail::state_kind;

TEST_CASE("a list is cut into pieces that differ by at most one element, in order") {
  std::mt19937_64 random{1};
  for (int round = 0; round < 300; ++round) {
    std::vector<std::uint64_t> stored(1 + random() % 6);
    std::vector<std::pair<std::uint32_t, std::uint64_t>> all; // oracle: each element by where it was
    for (std::uint32_t i = 0; i < stored.size(); ++i) {
      stored[i] = random() % 9;
      for (std::uint64_t j = 0; j < stored[i]; ++j)
        all.emplace_back(i, j);
    }
    auto parallelism = static_cast<std::uint32_t>(1 + random() % 9);
    std::vector<std::pair<std::uint32_t, std::uint64_t>> restored;
    std::size_t least = all.size(), most = 0;
    for (std::uint32_t subtask = 0; subtask < parallelism; ++subtask) {
      std::size_t before = restored.size();
      for (const auto& range : elements_for(state_kind::operator_list, stored, subtask, parallelism))
        for (std::uint64_t j = 0; j < range.count; ++j)
          restored.emplace_back(range.from, range.first + j);
      least = std::min(least, restored.size() - before);
      most = std::max(most, restored.size() - before);
    }
    CHECK(restored == all);
    if (parallelism != stored.size())
      CHECK(most - least <= 1);
  }
}

TEST_CASE("a list stays where it is when the parallelism stays") {
  std::uint64_t stored[] = {5, 0, 1};
  CHECK(elements_for(state_kind::operator_list, stored, 0, 3) == std::vector<element_range>{{0, 0, 5}});
  CHECK(elements_for(state_kind::operator_list, stored, 1, 3) == std::vector<element_range>{{1, 0, 0}});
}

TEST_CASE("each subtask gets all of a union list, and one copy of broadcast state") {
  std::uint64_t stored[] = {2, 3};
  CHECK(elements_for(state_kind::operator_union_list, stored, 4, 5) ==
        std::vector<element_range>{{0, 0, 2}, {1, 0, 3}});
  CHECK(elements_for(state_kind::broadcast, stored, 3, 5) == std::vector<element_range>{{1, 0, 3}});
  CHECK(elements_for(state_kind::broadcast, {}, 3, 5).empty());
}

TEST_CASE("a subtask's key groups are those that hashing sends to it") {
  for (std::uint32_t max_parallelism : {1u, 2u, 7u, 128u, 1000u, 32768u})
    for (std::uint32_t parallelism : {1u, 2u, 3u, 7u, 100u, 1000u}) {
      if (parallelism > max_parallelism)
        continue;
      std::uint32_t next = 0;
      for (std::uint32_t subtask = 0; subtask < parallelism; ++subtask) {
        key_group_range groups = key_groups_of(subtask, parallelism, max_parallelism);
        REQUIRE(groups.first == next);
        REQUIRE(detail::subtask_of(groups.first, max_parallelism, parallelism) == subtask);
        REQUIRE(detail::subtask_of(groups.last, max_parallelism, parallelism) == subtask);
        next = groups.last + 1;
      }
      CHECK(next == max_parallelism);
    }
}
