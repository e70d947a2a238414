#include "manual_states.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/state.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>

using weir::detail::hash_key;

namespace {

constexpr std::uint64_t budget = 1024 * 1024;

struct cached_counts {
  void add(std::uint64_t key, std::uint64_t count) {
    states.select(key, hash_key(key));
    counts.change() += count;
    if (++added % 1024 == 0)
      states.tend();
  }

  manual_states backend = [] {
    manual_states with_stores;
    with_stores.use_stores(budget);
    return with_stores;
  }();
  weir::detail::keyed_states<std::uint64_t> states{backend, [] { return 0; }};
  weir::value_state<std::uint64_t> counts = states.make(weir::value<std::uint64_t>("counts"));
  std::uint64_t added = 0;

  weir::detail::keyed_state& table() { return *backend.added.at("counts"); }
  memory_store& store() { return *backend.stores.at("counts"); }
};

} // namespace

TEST_CASE("a table in front of a store keeps its memory full, whatever the order of its keys") {
  cached_counts cached;
  std::mt19937_64 random{7};
  for (int i = 0; i < 500'000; ++i)
    cached.add(random() % 250'000, 1);
  CHECK(cached.table().memory() <= budget);
  CHECK(cached.table().entries() > 15'000); // of 24 bytes each, with free places between them
  auto gets = cached.store().gets;
  for (int i = 0; i < 250'000; ++i)
    cached.add(random() % 15'000, 1); // what fits
  CHECK(cached.store().gets - gets < 75'000);
}

TEST_CASE("a table in front of a store whose memory is taken away goes on in what is left") {
  cached_counts cached;
  std::mt19937_64 random{8};
  for (int i = 0; i < 500'000; ++i)
    cached.add(random() % 250'000, 1);
  auto kept = cached.table().entries();
  cached.backend.use_stores(budget / 8);
  for (int i = 0; i < 100'000; ++i)
    cached.add(random() % 250'000, 1);
  CHECK(cached.table().memory() <= budget / 8);
  CHECK(cached.table().entries() > kept / 32);
}
