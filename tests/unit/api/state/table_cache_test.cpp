#include "manual_states.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/detail/timer_table.hpp>
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

TEST_CASE("a table of long keys and values keeps its memory full while their sizes change") {
  manual_states backend;
  backend.use_stores(4 * budget);
  weir::detail::keyed_states<std::string> states{backend, [] { return 0; }};
  auto values = states.make(weir::value<std::string>("values"));
  auto& table = *backend.added.at("values");
  std::mt19937_64 random{9};
  std::string key;
  auto work = [&](std::uint64_t keys, std::size_t size, int records) {
    for (int i = 0; i < records; ++i) {
      key = std::string(size / 10, 'k') + std::to_string(random() % keys);
      states.select(key, hash_key(key));
      values.set(std::string(size + random() % size, 'v'));
      if (i % 1024 == 0)
        states.tend();
    }
  };
  for (std::size_t size : {100, 700, 40, 300}) {
    CAPTURE(size);
    std::uint64_t fit = 4 * budget / (size * 2 + 100);
    work(20 * fit, size, 300'000);
    // An eighth may be free between texts.
    CHECK(table.memory() < 4 * budget * 9 / 8 + 256 * 1024);
    CHECK(table.entries() > fit / 3);
    work(fit / 4, size, 100'000);
    auto gets = backend.stores.at("values")->gets;
    work(fit / 4, size, 20'000); // what fits is there
    CHECK(backend.stores.at("values")->gets - gets < 2'000);
  }
}

TEST_CASE("timers, which are all in memory, take theirs from that of the states") {
  cached_counts cached;
  weir::detail::timer_table<std::uint64_t> timers{cached.backend, weir::detail::state_kind::event_timers};
  cached.states.leave_room_for(timers);
  std::mt19937_64 random{10};
  for (int i = 0; i < 300'000; ++i)
    cached.add(random() % 250'000, 1);
  auto before = cached.table().memory();
  CHECK(before > budget / 2);
  for (std::uint64_t key = 0; timers.memory() < budget / 3; ++key)
    timers.add(key, hash_key(key), 1'000);
  for (int i = 0; i < 100'000; ++i)
    cached.add(random() % 250'000, 1);
  CHECK(cached.table().memory() + timers.memory() <= budget);
}
