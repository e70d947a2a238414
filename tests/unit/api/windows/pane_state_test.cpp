#include "manual_states.hpp"

#include <weir/detail/windows/pane_folds.hpp>
#include <weir/detail/windows/pane_slices.hpp>
#include <weir/detail/windows/pane_state.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

using namespace weir::detail;

namespace {

struct sale {
  std::uint64_t shop;
  std::int64_t amount;
};
using fold = record_fold<sale, member_key<sale, std::uint64_t>, sum_of<sale, std::int64_t>>;
using totals = std::map<std::pair<event_time, std::uint64_t>, std::int64_t>;

/// The panes of an operator that has all key groups, with a store.
struct bounded_panes {
  explicit bounded_panes(std::uint64_t budget) {
    states.use_stores(budget);
    state.emplace(sums, states, "windows");
    states.add(*state);
  }

  void add(event_time pane, std::uint64_t shop, std::int64_t amount) {
    auto [at, fresh] = state->find_or_make(pane).active->find(shop, hash_key(shop), [&] {
      return sale{shop, amount};
    });
    if (!fresh)
      at->amount += amount;
    expected[{pane, shop}] += amount;
  }

  std::optional<std::int64_t> look_up(event_time pane, std::uint64_t shop) {
    std::optional<std::int64_t> sum;
    arena texts;
    state->look_up(*state->find(pane), shop, hash_key(shop), texts,
                   [&](const sale& part) { sum = sum.value_or(0) + part.amount; });
    return sum;
  }

  /// What a window of all panes sees, per pane.
  totals merged() {
    totals found;
    for (const auto& pane : state->panes()) {
      auto stored = state->scan();
      pane_slices<fold> slices{sums, state->place(), state->slice_bytes()};
      for (slices.start(state->parts(pane->start, pane->start + 1), stored.get()); !slices.done();
           slices.next()) {
        while (!slices.fill(10))
          ;
        for (std::size_t at = 0; !slices.done() && at != slices.end();)
          at = slices.visit(at, 7, [&](const sale& each, bool) {
            CHECK(found.emplace(std::pair{pane->start, each.shop}, each.amount).second);
          });
        if (slices.done())
          break;
      }
    }
    return found;
  }

  totals read(state_cut& cut) {
    totals found;
    state_block block;
    arena texts;
    for (; cut.next(block); block.clear()) {
      column_reader keys{block.keys}, values{block.values};
      std::string_view key, value;
      for (std::uint32_t i = 0; i < block.entries && keys.next(key) && values.next(value); ++i) {
        byte_reader reader{key.data(), key.data() + key.size(), &texts};
        std::uint64_t shop = 0;
        event_time pane = 0;
        sale total{};
        REQUIRE(read_ordered(reader, shop));
        REQUIRE(read_ordered(reader, pane));
        REQUIRE(read_state_value(value, total, texts) == nullptr);
        CHECK(found.emplace(std::pair{pane, shop}, total.amount).second);
      }
      CHECK(block.removed == 0);
    }
    return found;
  }

  manual_states states;
  fold sums{{&sale::shop}, {&sale::amount}};
  std::optional<pane_state<fold>> state;
  totals expected;
};

} // namespace

TEST_CASE("a layer that is being written to the store counts once, however far it is") {
  constexpr std::uint64_t budget = 1'000'000;
  constexpr std::uint64_t shops = 3'000;
  bounded_panes panes{budget};
  std::uint64_t number = 0;
  std::uint64_t next = 1;
  int steps_between = 0; // in which a layer was partly written
  for (int step = 0; step < 2'000; ++step) {
    for (int i = 0; i < 20; ++i) {
      next = next * 6364136223846793005u + 1;
      panes.add(static_cast<event_time>(next >> 60), (next >> 30) % shops, static_cast<std::int64_t>(i));
    }
    auto& store = *panes.states.stores.at("windows");
    auto layers_before = panes.state->layers_written();
    auto entries_before = store.all.size();
    panes.state->fit(20);
    CHECK(panes.state->memory() <= budget);
    steps_between += panes.state->layers_written() == layers_before && store.all.size() > entries_before;
    for (std::uint64_t shop = step % 7; shop < shops; shop += 701)
      for (const auto& pane : panes.state->panes()) {
        auto known = panes.expected.find({pane->start, shop});
        CHECK(panes.look_up(pane->start, shop) ==
              (known == panes.expected.end() ? std::nullopt : std::optional{known->second}));
      }
    if (step % 100 == 0)
      CHECK(panes.merged() == panes.expected);
    if (step % 200 == 10) {
      auto before = panes.expected;
      auto cut = panes.state->freeze(++number, cut_kind::full);
      for (int i = 0; i < 500; ++i)
        panes.add(0, static_cast<std::uint64_t>(i), 1);
      panes.state->fit(500);
      CHECK(panes.read(*cut) == before);
      panes.state->confirm(number);
    }
  }
  CHECK(steps_between > 5);
  CHECK(panes.state->layers_written() > 5);
}

TEST_CASE("a cut of changes has the whole value of every key that changed, wherever its parts are") {
  bounded_panes panes{30'000};
  for (std::uint64_t shop = 0; shop < 5'000; ++shop) {
    panes.add(0, shop, 1);
    if (shop % 100 == 0)
      panes.state->fit(100);
  }
  auto first = panes.state->freeze(1, cut_kind::full);
  CHECK(panes.read(*first) == panes.expected);
  first.reset();
  panes.state->confirm(1);
  totals changed;
  for (std::uint64_t shop = 0; shop < 5'000; shop += 1'000) {
    panes.add(0, shop, 10);
    changed[{0, shop}] = 11;
  }
  CHECK(panes.read(*panes.state->freeze(2, cut_kind::changes)) == changed);
  panes.state->abandon(2);
  panes.add(0, 1, 100);
  changed[{0, 1}] = 101;
  panes.add(1, 1, 7);
  changed[{1, 1}] = 7;
  CHECK(panes.read(*panes.state->freeze(3, cut_kind::changes)) == changed);
}

TEST_CASE("the store has few entries of a key, however often it leaves memory") {
  constexpr std::uint64_t shops = 5'000;
  bounded_panes panes{30'000};
  auto& store = *panes.states.stores.at("windows");
  std::uint64_t random = 1;
  std::size_t most = 0;
  for (int step = 0; step < 2'000; ++step) {
    for (int i = 0; i < 100; ++i) {
      random = random * 6364136223846793005u + 1;
      panes.add(0, (random >> 40) % shops, 1);
    }
    panes.state->fit(100);
    most = std::max(most, store.all.size());
    if (step % 100 == 0)
      CHECK(panes.merged() == panes.expected);
  }
  CHECK(panes.state->layers_written() > 200);
  CHECK(most < 4 * shops);
  CHECK(panes.merged() == panes.expected);
}

TEST_CASE("the store is empty again when panes are gone") {
  bounded_panes panes{30'000};
  for (event_time pane = 0; pane < 20; ++pane) {
    for (std::uint64_t shop = 0; shop < 3'000; ++shop) {
      panes.add(pane, shop, 1);
      if (shop % 100 == 0)
        panes.state->fit(100);
    }
    if (pane == 10) {
      (void)panes.state->freeze(1, cut_kind::full);
      panes.state->confirm(1);
    }
    if (pane == 15) {
      (void)panes.state->freeze(2, cut_kind::changes);
      panes.state->confirm(2);
    }
    if (pane > 0)
      panes.state->drop(pane - 1);
  }
  panes.state->drop(19);
  auto& store = *panes.states.stores.at("windows");
  CHECK(store.writes > 100);
  for (int i = 0; i < 100 && !store.all.empty(); ++i)
    panes.state->fit(1'000);
  // These were in cut 2, and are to be removed by the next one.
  for (const auto& [key, value] : store.all) {
    auto pane = cold_pane_key::read(key).pane;
    CHECK((pane == 14 || pane == 15));
  }
  CHECK_FALSE(store.all.empty());
  (void)panes.state->freeze(3, cut_kind::changes);
  panes.state->confirm(3);
  for (int i = 0; i < 100 && !store.all.empty(); ++i)
    panes.state->fit(1'000);
  CHECK(store.all.empty());
  CHECK(panes.state->entries() == 0);
}
