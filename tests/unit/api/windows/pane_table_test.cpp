#include <weir/detail/windows/pane_table.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>

using namespace weir::detail;

namespace {

struct count_of {
  std::uint64_t key;
  std::int64_t count;
};
struct key_of_count {
  const std::uint64_t& operator()(const count_of& at) const { return at.key; }
};

struct named_count {
  std::string key;
  std::int64_t count;
};
struct key_of_named {
  const std::string& operator()(const named_count& at) const { return at.key; }
};

template <class Key>
Key any_key(std::mt19937_64& random) {
  if constexpr (std::is_same_v<Key, std::string>)
    return "a key of some length: " + std::to_string(random() % 300);
  else
    return random() % 300;
}

/// Adds to, removes from and reads a table and a map.
template <class Slot, class KeyOf, class Key>
void check_against_a_map(std::uint64_t seed) {
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  hash_range range = hash_range::of_groups(0, 63, 64);
  pane_table<Slot, KeyOf> table{range};
  std::map<Key, std::int64_t> expected;
  auto all = [&](const hash_range& within) {
    std::map<Key, std::int64_t> found;
    table.visit_range(within, [&](const Slot& at, std::uint64_t hash) {
      REQUIRE(hash == hash_key(at.key));
      REQUIRE(found.emplace(at.key, at.count).second);
    });
    return found;
  };
  for (int i = 0; i < 3'000; ++i) {
    Key key = any_key<Key>(random);
    std::uint64_t hash = hash_key(key);
    if (random() % 3 == 0) {
      bool there = table.look_up(key, hash) != nullptr;
      REQUIRE(there == expected.contains(key));
      if (there)
        table.erase(key, hash);
      expected.erase(key);
    } else {
      auto [at, fresh] = table.find(key, hash, [&] { return Slot{key, 0}; });
      REQUIRE(fresh == !expected.contains(key));
      at->count += i;
      expected[key] += i;
    }
    REQUIRE(table.size() == expected.size());
    if (i % 100 != 0)
      continue;
    REQUIRE(all(range) == expected);
    std::map<Key, std::int64_t> found;
    for (std::size_t place = 0; place != table.end();)
      place = table.visit(place, 1 + random() % 3, [&](const Slot& at, std::uint64_t) {
        REQUIRE(found.emplace(at.key, at.count).second);
      });
    REQUIRE(found == expected);
    hash_range some = hash_range::of_groups(static_cast<std::uint32_t>(random() % 32), 40, 64);
    std::erase_if(found, [&](const auto& each) { return !some.contains(hash_key(each.first)); });
    REQUIRE(all(some) == found);
  }
}

} // namespace

TEST_CASE("a table of panes behaves like a map, also when entries are removed") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    check_against_a_map<count_of, key_of_count, std::uint64_t>(seed);
    check_against_a_map<named_count, key_of_named, std::string>(seed);
  }
}
