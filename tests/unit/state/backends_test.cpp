#include "base/configuration.hpp"
#include "leveldb_fixture.hpp"
#include "snapshot_fixture.hpp"
#include "state/snapshot_fold.hpp"

#include <weir/detail/state/keyed_states.hpp>

#include <doctest/doctest.h>

#include <optional>

using namespace weir;
using namespace weir::testing;

namespace {

struct visits {
  std::int64_t count = 0;
  std::string last;
};

struct visits_with_days {
  std::int64_t count = 0;
  std::string last;
  std::int64_t days = 30;
};

struct expected_states {
  std::map<std::string, visits> users;
  std::map<std::string, std::map<std::int64_t, std::string>> pages;
};

/// An operator with the tables that jobs have, on one of the backends.
template <class Visits>
class running_operator {
public:
  running_operator(snapshot_fixture& fixture, leveldb_fixture* leveldb, std::uint32_t parallelism,
                   const std::vector<snapshot_chain>& chains = {})
      : fixture_{fixture}, parallelism_{parallelism} {
    for (std::uint32_t i = 0; i < parallelism; ++i) {
      auto& one = *subtasks_.emplace_back(std::make_unique<subtask>());
      operator_state_registry::settings settings{.who = fixture.who(i, parallelism), .chains = chains};
      if (leveldb) {
        one.database.emplace(leveldb->create());
        settings.memory_budget = 64 * 1024;
        settings.make_cold = [&one](const state_type&) { return one.database->store(one.stores++); };
      }
      auto made = operator_state_registry::make(std::move(settings));
      REQUIRE_MESSAGE(made, made.failure().message());
      one.registry = std::move(*made);
      one.states = std::make_unique<detail::keyed_states<std::string>>(*one.registry, [] { return 0; });
      one.users = one.states->make(weir::value<Visits>("users"));
      one.pages = one.states->make(weir::map<std::int64_t, std::string>("pages"));
      CHECK(one.registry->opened().empty());
    }
  }

  void change(random_entries& random, expected_states& expected, int changes) {
    for (int i = 0; i < changes; ++i) {
      std::string key = random.key();
      auto page = static_cast<std::int64_t>(random.below(20));
      auto& one = select(key);
      switch (random.below(5)) {
      case 0:
        one.users.clear();
        expected.users.erase(key);
        break;
      case 1:
        one.pages.remove(page);
        expected.pages[key].erase(page);
        break;
      case 2: {
        std::string text = random.value();
        one.pages.put(page, text);
        expected.pages[key][page] = text;
        break;
      }
      default: {
        std::string text = random.value();
        one.users.change().last = text;
        ++one.users.change().count;
        expected.users[key].last = text;
        ++expected.users[key].count;
      }
      }
      if (i % 50 == 0)
        for (auto& each : subtasks_)
          each->states->tend();
    }
  }

  /// Each file is written after the operator has gone on; then the snapshot is confirmed.
  std::vector<std::string> snapshot(std::uint64_t number, std::uint64_t parent, random_entries& random,
                                    expected_states& expected) {
    std::vector<std::vector<operator_state_cut>> cuts(parallelism_);
    auto what = parent == 0 ? detail::cut_kind::full : detail::cut_kind::changes;
    for (std::uint32_t i = 0; i < parallelism_; ++i)
      cuts[i].push_back(subtasks_[i]->registry->freeze(number, what));
    at_snapshot = expected;
    change(random, expected, 100);
    std::vector<std::string> paths;
    for (std::uint32_t i = 0; i < parallelism_; ++i) {
      paths.push_back("real/" + std::to_string(number) + "-" + std::to_string(i));
      auto report = write_snapshot(fixture_.platform, paths.back(),
                                   snapshot_fixture::head(i, parallelism_, number, parent),
                                   std::move(cuts[i]), fixture_.options);
      REQUIRE_MESSAGE(report, report.failure().message());
      subtasks_[i]->registry->confirm(number);
    }
    return paths;
  }

  void check(const expected_states& expected) {
    std::uint64_t entries = 0;
    for (const auto& [key, user] : expected.users) {
      auto& one = select(key);
      const Visits* found = one.users.get();
      REQUIRE(found);
      CHECK(found->count == user.count);
      CHECK(found->last == user.last);
      if constexpr (std::is_same_v<Visits, visits_with_days>)
        CHECK(found->days == 30);
      ++entries;
    }
    for (const auto& [key, pages] : expected.pages) {
      auto& one = select(key);
      std::map<std::int64_t, std::string> found;
      one.pages.for_each([&](std::int64_t page, const std::string& text) { found[page] = text; });
      CHECK(found == pages);
      entries += pages.size();
    }
    if (!subtasks_[0]->database) { // else only what is in memory is counted
      std::uint64_t held = 0;
      for (const auto& each : subtasks_)
        held += each->registry->entries();
      CHECK(held == entries);
    }
  }

  expected_states at_snapshot;

private:
  struct subtask {
    std::optional<leveldb_database> database;
    std::uint16_t stores = 0;
    std::unique_ptr<operator_state_registry> registry;
    std::unique_ptr<detail::keyed_states<std::string>> states;
    weir::value_state<Visits> users;
    weir::map_state<std::int64_t, std::string> pages;
  };

  subtask& select(const std::string& key) {
    key_ = key;
    std::uint64_t hash = detail::hash_key(key);
    auto group = detail::key_group(hash, snapshot_fixture::max_parallelism);
    subtask& one = *subtasks_[detail::subtask_of(group, snapshot_fixture::max_parallelism, parallelism_)];
    one.states->select(key_, hash);
    return one;
  }

  snapshot_fixture& fixture_;
  std::uint32_t parallelism_;
  std::string key_;
  std::vector<std::unique_ptr<subtask>> subtasks_;
};

/// Takes a full snapshot and some of changes. Returns their files by subtask, and what they hold.
std::pair<std::vector<std::vector<std::string>>, expected_states>
take_snapshots(snapshot_fixture& fixture, leveldb_fixture* leveldb, random_entries& random) {
  running_operator<visits> before{fixture, leveldb, static_cast<std::uint32_t>(1 + random.below(3))};
  expected_states expected;
  before.change(random, expected, 1500);
  std::vector<std::vector<std::string>> chains;
  for (const std::string& path : before.snapshot(1, 0, random, expected))
    chains.push_back({path});
  for (std::uint64_t number = 2; number < 2 + random.below(3); ++number) {
    before.change(random, expected, 300);
    auto paths = before.snapshot(number, number - 1, random, expected);
    for (std::size_t i = 0; i < paths.size(); ++i)
      chains[i].push_back(paths[i]);
  }
  return {chains, before.at_snapshot};
}

} // namespace

TEST_CASE("what one backend wrote the other restores, with other subtasks and a type that has grown") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    random_entries random{seed};
    snapshot_fixture fixture;
    leveldb_fixture leveldb;
    auto [paths, expected] = take_snapshots(fixture, seed % 2 == 0 ? &leveldb : nullptr, random);
    std::vector<snapshot_chain> chains;
    for (const auto& files : paths) {
      chains.push_back(fixture.open(files));
      if (random.below(2) == 0) {
        auto folded = fold_snapshots(fixture.platform, chains.back(), files[0] + "-folded", fixture.options);
        REQUIRE_MESSAGE(folded, folded.failure().message());
        chains.back() = fixture.open({files[0] + "-folded"});
      }
    }
    auto parallelism = static_cast<std::uint32_t>(1 + random.below(4));
    running_operator<visits_with_days>{fixture, seed % 4 < 2 ? &leveldb : nullptr, parallelism, chains}.check(
        expected);
  }
}
