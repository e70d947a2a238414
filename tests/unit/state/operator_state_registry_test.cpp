#include "state/operator_state_registry.hpp"

#include "snapshot_fixture.hpp"
#include "state/snapshot_fold.hpp"

#include <doctest/doctest.h>

#include <numeric>

using namespace weir;
using namespace weir::testing;
using detail::state_kind;

namespace {

/// A job with two keyed states and an operator state of each kind, whatever its parallelism.
class running_job {
public:
  running_job(snapshot_fixture& fixture, std::uint32_t parallelism,
              const std::vector<snapshot_chain>& chains = {})
      : fixture_{fixture}, parallelism_{parallelism} {
    for (std::uint32_t i = 0; i < parallelism; ++i) {
      auto& one = *subtasks.emplace_back(std::make_unique<subtask>());
      one.registry = fixture.registry(i, parallelism, chains);
      one.registry->add(one.words);
      one.registry->add(one.counts);
      for (std::size_t kind = 0; kind < one.elements.size(); ++kind)
        one.elements[kind] = one.registry->add_elements(elements_type(kind), &one.elements[kind], &collect);
      CHECK(one.registry->opened().empty());
    }
  }

  struct subtask {
    std::unique_ptr<operator_state_registry> registry;
    map_state words{snapshot_fixture::type("words"), snapshot_fixture::max_parallelism};
    map_state counts{snapshot_fixture::type("counts", "u64"), snapshot_fixture::max_parallelism};
    std::array<std::vector<std::string>, 3> elements; ///< list, union list, broadcast
  };

  /// Puts and removes entries, each where its key belongs.
  void change(random_entries& random, int changes) {
    for (int i = 0; i < changes; ++i) {
      std::string key = random.key();
      auto group = map_state::group_of(key, snapshot_fixture::max_parallelism);
      subtask& one = *subtasks[detail::subtask_of(group, snapshot_fixture::max_parallelism, parallelism_)];
      map_state& state = random.below(2) == 0 ? one.words : one.counts;
      if (random.below(3) == 0)
        state.remove(key);
      else
        state.put(key, random.value());
    }
  }

  void set_elements(random_entries& random) {
    std::vector<std::string> same;
    for (auto left = random.below(10); left != 0; --left)
      same.push_back(random.value());
    for (auto& one : subtasks) {
      for (auto kind : {0, 1}) {
        one->elements[kind].clear();
        for (auto left = random.below(20); left != 0; --left)
          one->elements[kind].push_back(random.value());
      }
      one->elements[2] = same;
    }
  }

  std::vector<std::string> snapshot(std::uint64_t number, std::uint64_t parent = 0) {
    std::vector<std::string> paths;
    for (std::uint32_t i = 0; i < parallelism_; ++i)
      paths.push_back(
          fixture_.write(*subtasks[i]->registry, snapshot_fixture::head(i, parallelism_, number, parent)));
    return paths;
  }

  /// All entries of a state, over all subtasks.
  map_state::entry_map all(map_state subtask::*state) const {
    map_state::entry_map all;
    for (const auto& one : subtasks)
      all.insert((*one.*state).held.begin(), (*one.*state).held.end());
    return all;
  }

  /// All elements of a kind, in order of the subtasks.
  std::vector<std::string> all_elements(std::size_t kind) const {
    std::vector<std::string> all;
    for (const auto& one : subtasks)
      all.insert(all.end(), one->elements[kind].begin(), one->elements[kind].end());
    return all;
  }

  static state_type elements_type(std::size_t kind) {
    constexpr state_kind kinds[] = {state_kind::operator_list, state_kind::operator_union_list,
                                    state_kind::broadcast};
    return {"elements " + std::to_string(kind), kinds[kind], "", "", "string", {}};
  }

  std::vector<std::unique_ptr<subtask>> subtasks;

private:
  static void collect(void* of, std::vector<std::string>& to) {
    to = *static_cast<std::vector<std::string>*>(of);
  }

  snapshot_fixture& fixture_;
  std::uint32_t parallelism_;
};

/// What a job must hold that began from a snapshot of `before`.
void check_restored(const running_job& before, const running_job& after) {
  for (auto state : {&running_job::subtask::words, &running_job::subtask::counts}) {
    auto expected = before.all(state);
    CHECK(after.all(state) == expected);
    for (const auto& one : after.subtasks)
      for (const auto& [key, value] : (*one.*state).held) {
        auto group = map_state::group_of(key, snapshot_fixture::max_parallelism);
        CHECK(group >= one->registry->first_key_group());
        CHECK(group <= one->registry->last_key_group());
      }
  }
  CHECK(after.all_elements(0) == before.all_elements(0));
  for (const auto& one : after.subtasks) {
    CHECK(one->elements[1] == before.all_elements(1));
    CHECK(one->elements[2] == before.subtasks[0]->elements[2]);
  }
}

} // namespace

TEST_CASE("a job that begins from a snapshot at another parallelism has the state of the one before") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    random_entries random{seed};
    snapshot_fixture fixture;
    fixture.options.codec = random.below(4) == 0 ? block_codec::none : block_codec::zstd;
    fixture.options.compression_level = random.below(2) == 0 ? 1 : -5;
    running_job before{fixture, static_cast<std::uint32_t>(1 + random.below(5))};
    before.change(random, static_cast<int>(random.below(3000)));
    before.set_elements(random);
    std::vector<std::vector<std::string>> chains;
    for (const std::string& path : before.snapshot(1))
      chains.push_back({path});
    for (std::uint64_t number = 2; number < 2 + random.below(4); ++number) {
      before.change(random, static_cast<int>(random.below(500)));
      before.set_elements(random);
      auto paths = before.snapshot(number, number - 1);
      for (std::size_t i = 0; i < paths.size(); ++i)
        chains[i].push_back(paths[i]);
    }

    std::vector<snapshot_chain> opened, folded;
    for (const auto& paths : chains) {
      opened.push_back(fixture.open(paths));
      auto report = fold_snapshots(fixture.platform, opened.back(), paths[0] + "-folded", fixture.options);
      REQUIRE_MESSAGE(report, report.failure().message());
      folded.push_back(fixture.open({paths[0] + "-folded"}));
      CHECK(folded.back()[0]->head().number == opened.back().back()->head().number);
    }
    auto parallelism = static_cast<std::uint32_t>(1 + random.below(5));
    check_restored(before, running_job{fixture, parallelism, opened});

    running_job from_folded{fixture, parallelism, folded};
    check_restored(before, from_folded);
    for (const auto& one : from_folded.subtasks) {
      CHECK(one->words.expected == one->words.held.size());
      CHECK(one->counts.expected == one->counts.held.size());
    }
  }
}

TEST_CASE("a subtask reads only blocks of its own key groups") {
  snapshot_fixture fixture;
  random_entries random{3};
  running_job before{fixture, 1};
  before.change(random, 5000);
  snapshot_chain chain = fixture.open(before.snapshot(1));
  std::uint32_t words = *chain[0]->find(fixture.sum, "words");
  std::uint64_t blocks = 0;
  for (const snapshot_run& run : chain[0]->runs(words, {4, 7}))
    blocks += run.blocks;
  running_job after{fixture, 4, {chain}};
  CHECK(after.subtasks[1]->registry->first_key_group() == 4);
  CHECK(after.subtasks[1]->words.blocks_loaded == blocks);
}

TEST_CASE("a state is refused when it is stored with another type, and both are named") {
  snapshot_fixture fixture;
  running_job before{fixture, 2};
  std::vector<snapshot_chain> chains;
  for (const std::string& path : before.snapshot(1))
    chains.push_back(fixture.open({path}));
  auto registry = fixture.registry(0, 1, chains);

  map_state other{fixture.type("counts", "f64"), fixture.max_parallelism};
  CHECK_THROWS_WITH_AS(
      registry->add(other),
      "the state counts of sum cannot be restored: it has values of type f64, and was stored "
      "with values of type u64 in snapshots/1-0",
      std::invalid_argument);
  state_type list = running_job::elements_type(0);
  list.kind = state_kind::broadcast;
  CHECK_THROWS_WITH_AS(registry->add_elements(list, nullptr, nullptr),
                       "the state elements 0 of sum cannot be restored: it is broadcast state, and was "
                       "stored as an operator's list in snapshots/1-0",
                       std::invalid_argument);
}

TEST_CASE("a second state of a name is refused, and both types are named") {
  snapshot_fixture fixture;
  auto registry = fixture.registry(0, 1);
  map_state first{fixture.type("counts", "u64"), fixture.max_parallelism};
  map_state other{fixture.type("counts", "f64"), fixture.max_parallelism};
  map_state same{fixture.type("counts", "u64"), fixture.max_parallelism};
  registry->add(first);
  CHECK_THROWS_WITH_AS(registry->add(other),
                       "the state counts of sum cannot be made: there is one of that name, value state of "
                       "u64, and this is value state of f64",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(registry->add(same),
                       "the state counts of sum cannot be made: there is one of that name",
                       std::invalid_argument);
  registry->opened();
  map_state late{fixture.type("late"), fixture.max_parallelism};
  CHECK_THROWS_WITH_AS(registry->add(late),
                       "the state late of sum cannot be made: states are made when an operator is opened",
                       std::invalid_argument);
}

TEST_CASE("states of a snapshot that nobody asked for are named") {
  snapshot_fixture fixture;
  running_job before{fixture, 1};
  auto registry = fixture.registry(0, 1, {fixture.open(before.snapshot(1))});
  map_state words{fixture.type("words"), fixture.max_parallelism};
  registry->add(words);
  CHECK(registry->opened() == std::vector<std::string>{"counts", "elements 0", "elements 1", "elements 2"});
}

TEST_CASE("a snapshot that lacks a subtask or has another number of key groups is refused") {
  snapshot_fixture fixture;
  running_job before{fixture, 3};
  std::vector<snapshot_chain> chains;
  for (const std::string& path : before.snapshot(1))
    chains.push_back(fixture.open({path}));

  SUBCASE("the last subtask") {
    chains.pop_back();
    auto made = operator_state_registry::make({.who = fixture.who(0, 1), .chains = chains});
    REQUIRE_FALSE(made);
    CHECK(made.failure().message() ==
          "the snapshot of sum is not whole: it has the state of 2 subtasks of 3");
  }
  SUBCASE("the first subtask") {
    chains.erase(chains.begin());
    auto made = operator_state_registry::make({.who = fixture.who(0, 1), .chains = chains});
    REQUIRE_FALSE(made);
    CHECK(made.failure().message() == "the snapshot of sum is not whole: snapshots/1-1 is of subtask 1 of "
                                      "3, where subtask 0 of 3 should be");
  }
  SUBCASE("key groups") {
    operator_subtask who = fixture.who(0, 1);
    who.max_parallelism = 32;
    auto registry = operator_state_registry::make({.who = who, .chains = chains});
    REQUIRE(registry);
    map_state words{fixture.type("words"), 32};
    CHECK_THROWS_WITH_AS((*registry)->add(words),
                         "the keyed state of sum cannot be restored: its max parallelism is 32, and was 16 "
                         "when snapshots/1-0 was written",
                         std::invalid_argument);
  }
}

TEST_CASE("what a state cannot read is an error with file and place") {
  snapshot_fixture fixture;
  running_job before{fixture, 1};
  before.subtasks[0]->words.put("key", "value");
  snapshot_chain chain = fixture.open(before.snapshot(1));
  auto registry = fixture.registry(0, 1, {chain});
  struct picky_state final : detail::keyed_state {
    state_type described = snapshot_fixture::type("words");
    const state_type& type() const override { return described; }
    std::unique_ptr<detail::state_cut> freeze(std::uint64_t, detail::cut_kind) override { return nullptr; }
    void confirm(std::uint64_t) override {}
    void abandon(std::uint64_t) override {}
    void expect(std::uint64_t) override {}
    std::string load(const state_block&) override { return "it is too short"; }
    std::uint64_t memory() const override { return 0; }
    std::uint64_t entries() const override { return 0; }
  } state;
  std::string at = std::to_string(chain[0]->runs(0, {0, 15})[0].offset);
  CHECK_THROWS_WITH_AS(registry->add(state),
                       ("the snapshot file snapshots/1-0 is damaged at byte " + at +
                        ": the state words of sum cannot be read: it is too short")
                           .c_str(),
                       detail::state_error);
}

TEST_CASE("when a state cannot be frozen, those before it are given up") {
  struct broken_state final : detail::keyed_state {
    state_type described = snapshot_fixture::type("broken");
    const state_type& type() const override { return described; }
    std::unique_ptr<detail::state_cut> freeze(std::uint64_t, detail::cut_kind) override {
      throw detail::state_error{"the disk is full"};
    }
    void confirm(std::uint64_t) override {}
    void abandon(std::uint64_t) override { FAIL("it was never frozen"); }
    void expect(std::uint64_t) override {}
    std::string load(const state_block&) override { return {}; }
    std::uint64_t memory() const override { return 0; }
    std::uint64_t entries() const override { return 0; }
  } broken;
  snapshot_fixture fixture;
  auto registry = fixture.registry(0, 1);
  map_state words{fixture.type("words"), fixture.max_parallelism};
  registry->add(words);
  registry->add(broken);
  CHECK_THROWS_AS((void)registry->freeze(5, detail::cut_kind::full), detail::state_error);
  CHECK(words.abandoned_numbers == std::vector<std::uint64_t>{5});
  CHECK(words.cuts == 0);
}

TEST_CASE("all states hear what became of a snapshot, and their memory is added up") {
  snapshot_fixture fixture;
  auto registry = fixture.registry(0, 1);
  map_state words{fixture.type("words"), fixture.max_parallelism};
  map_state counts{fixture.type("counts"), fixture.max_parallelism};
  registry->add(words);
  registry->add(counts);
  words.put("a", "1");
  counts.put("a", "1");
  counts.put("b", "1");
  CHECK(registry->memory() == 300);
  CHECK(registry->entries() == 3);
  (void)registry->freeze(8, detail::cut_kind::full);
  registry->confirm(8);
  (void)registry->freeze(9, detail::cut_kind::changes);
  registry->abandon(9);
  for (const map_state* state : {&words, &counts}) {
    CHECK(state->frozen_numbers == std::vector<std::uint64_t>{8, 9});
    CHECK(state->confirmed_numbers == std::vector<std::uint64_t>{8});
    CHECK(state->abandoned_numbers == std::vector<std::uint64_t>{9});
  }
}

TEST_CASE("each state has a cold store of its own where the backend has them") {
  struct counted_store final : detail::cold_store {
    explicit counted_store(int& alive) : alive{alive} { ++alive; }
    ~counted_store() override { --alive; }
    bool get(std::string_view, std::string&) override { return false; }
    void write(const std::vector<change>&) override {}
    std::unique_ptr<detail::cold_cursor> scan(std::string_view, std::string_view) override { return nullptr; }
    std::unique_ptr<detail::cold_cursor> walk(std::string_view) override { return nullptr; }
    std::unique_ptr<detail::cold_cursor> freeze() override { return nullptr; }
    int& alive;
  };
  snapshot_fixture fixture;
  CHECK(fixture.registry(0, 1)->cold(fixture.type("words")) == nullptr);
  CHECK(fixture.registry(0, 1)->memory_budget() == std::numeric_limits<std::uint64_t>::max());

  int alive = 0;
  std::vector<std::string> names;
  operator_state_registry::settings settings{.who = fixture.who(0, 1), .memory_budget = 1000};
  settings.make_cold = [&](const state_type& state) {
    names.push_back(state.name);
    return std::make_unique<counted_store>(alive);
  };
  auto registry = operator_state_registry::make(std::move(settings));
  REQUIRE(registry);
  CHECK((*registry)->memory_budget() == 1000);
  detail::cold_store* words = (*registry)->cold(fixture.type("words"));
  CHECK(words != (*registry)->cold(fixture.type("counts")));
  CHECK(names == std::vector<std::string>{"words", "counts"});
  CHECK(alive == 2);
  registry->reset();
  CHECK(alive == 0);
}
