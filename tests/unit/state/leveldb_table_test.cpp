#include "leveldb_fixture.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/state.hpp>

#include <cstdlib>
#include <map>
#include <random>
#include <thread>

using namespace weir;
using namespace weir::testing;

namespace {

/// States of one subtask that has the key groups [first, last] of 128, in a database or only in memory.
class subtask_states final : public detail::operator_states {
public:
  subtask_states(std::uint32_t first, std::uint32_t last, leveldb_database* database, std::uint64_t budget)
      : first_{first}, last_{last}, database_{database}, budget_{budget} {}

  std::uint32_t first_key_group() const override { return first_; }
  std::uint32_t last_key_group() const override { return last_; }
  std::uint32_t max_parallelism() const override { return 128; }
  void add(detail::keyed_state& state) override { added.push_back(&state); }
  detail::cold_store* cold(const detail::state_type&) override {
    if (!database_)
      return nullptr;
    return stores_.emplace_back(database_->store(static_cast<std::uint16_t>(stores_.size()))).get();
  }
  std::uint64_t memory_budget() const override { return database_ ? budget_ : UINT64_MAX; }
  std::vector<std::string> add_elements(const detail::state_type&, void*, collect_elements) override {
    return {};
  }

  std::vector<detail::keyed_state*> added;

private:
  std::uint32_t first_, last_;
  leveldb_database* database_;
  std::uint64_t budget_;
  std::vector<std::unique_ptr<detail::cold_store>> stores_;
};

struct content {
  std::map<std::uint64_t, std::string> values;
  std::map<std::uint64_t, std::map<std::uint32_t, std::string>> maps;
  std::map<std::uint64_t, std::vector<std::uint32_t>> lists;
  bool operator==(const content&) const = default;
};

/// One state of each shape, as an operator has them.
struct operator_under_test {
  operator_under_test(std::uint32_t first, std::uint32_t last, leveldb_database* database,
                      std::uint64_t budget)
      : subtask{first, last, database, budget} {}

  void select(std::uint64_t of) {
    key = of;
    states.select(key, detail::hash_key(key));
  }

  /// All that it has for the keys below `keys` whose groups it owns.
  content read(std::uint64_t keys) {
    content found;
    for (std::uint64_t at = 0; at < keys; ++at) {
      auto group = detail::key_group(detail::hash_key(at), 128);
      if (group < subtask.first_key_group() || group > subtask.last_key_group())
        continue;
      select(at);
      if (const auto* value = values.get())
        found.values[at] = *value;
      maps.for_each([&](std::uint32_t inner, const std::string& value) { found.maps[at][inner] = value; });
      if (auto list = lists.get(); !list.empty())
        found.lists[at] = list;
      if (at % 100 == 0)
        states.tend();
    }
    return found;
  }

  subtask_states subtask;
  detail::keyed_states<std::uint64_t> states{subtask, [] { return 0; }};
  value_state<std::string> values = states.make(weir::value<std::string>("value"));
  map_state<std::uint32_t, std::string> maps = states.make(weir::map<std::uint32_t, std::string>("map"));
  list_state<std::uint32_t> lists = states.make(weir::list<std::uint32_t>("list"));
  std::uint64_t key = 0;
};

struct random_changes {
  std::mt19937_64 random;
  std::uint64_t keys;

  void step(operator_under_test& on, content& expected) {
    // Half of the keys are drawn from a tenth, so that some stay in memory.
    std::uint64_t key = random() % (random() % 2 ? keys : keys / 10);
    on.select(key);
    auto inner = static_cast<std::uint32_t>(random() % 20);
    std::string text(random() % 120, static_cast<char>('a' + random() % 26));
    switch (random() % 12) {
    case 0:
    case 1:
      on.values.set(text);
      expected.values[key] = text;
      break;
    case 2:
      on.values.change() += 'x';
      expected.values[key] += 'x';
      break;
    case 3:
      on.values.clear();
      expected.values.erase(key);
      break;
    case 4:
    case 5:
      on.maps.put(inner, text);
      expected.maps[key][inner] = text;
      break;
    case 6: {
      auto found = expected.maps.find(key);
      bool there = found != expected.maps.end() && found->second.erase(inner) > 0;
      if (found != expected.maps.end() && found->second.empty())
        expected.maps.erase(found);
      REQUIRE(on.maps.remove(inner) == there);
      break;
    }
    case 7:
      if (random() % 4 == 0) {
        on.maps.clear();
        expected.maps.erase(key);
      }
      break;
    case 8:
    case 9:
      on.lists.add(inner);
      expected.lists[key].push_back(inner);
      break;
    case 10:
      if (random() % 4 == 0) {
        on.lists.clear();
        expected.lists.erase(key);
      }
      break;
    default: {
      auto found = expected.values.find(key);
      const auto* value = on.values.get();
      REQUIRE((value ? *value : "-") == (found == expected.values.end() ? "-" : found->second));
    }
    }
    if (random() % 50 == 0)
      on.states.tend();
  }
};

using blocks = std::vector<detail::state_block>;

/// Freezes all states, and reads them on another thread while `meanwhile()` runs here.
template <class Meanwhile>
std::vector<blocks> snapshot(operator_under_test& of, std::uint64_t number, Meanwhile meanwhile) {
  std::vector<std::unique_ptr<detail::state_cut>> cuts;
  for (auto* state : of.subtask.added)
    cuts.push_back(state->freeze(number, detail::cut_kind::full));
  std::vector<blocks> all(cuts.size());
  std::thread writer{[&] {
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      detail::state_block block;
      while (cuts[i]->next(block)) {
        all[i].push_back(block);
        block.clear();
      }
    }
    cuts.clear();
  }};
  meanwhile();
  writer.join();
  for (auto* state : of.subtask.added)
    state->confirm(number);
  return all;
}

void restore(operator_under_test& to, const std::vector<blocks>& from) {
  for (std::size_t i = 0; i < from.size(); ++i)
    for (const auto& block : from[i])
      if (block.key_group >= to.subtask.first_key_group() && block.key_group <= to.subtask.last_key_group()) {
        auto refused = to.subtask.added[i]->load(block);
        REQUIRE_MESSAGE(refused.empty(), refused);
      }
}

void merge(content& into, content part) {
  into.values.merge(part.values);
  into.maps.merge(part.maps);
  into.lists.merge(part.lists);
}

std::uint64_t seed_of_run() {
  const char* stated = std::getenv("WEIR_SEED");
  return stated ? std::strtoull(stated, nullptr, 10) : std::random_device{}();
}

} // namespace

TEST_CASE_FIXTURE(leveldb_fixture,
                  "states of any shape behind a database behave as if there were memory for all") {
  constexpr std::uint64_t keys = 3'000;
  constexpr std::uint64_t budget = 96 * 1024;
  auto seed = seed_of_run();
  CAPTURE(seed);
  auto database = create();
  operator_under_test on{0, 127, &database, budget};
  random_changes changes{std::mt19937_64{seed}, keys};
  content expected;
  for (int step = 0; step < 60'000; ++step)
    changes.step(on, expected);
  CHECK(on.read(keys) == expected);

  content frozen = expected;
  auto taken = snapshot(on, 1, [&] {
    for (int step = 0; step < 20'000; ++step)
      changes.step(on, expected);
  });
  CHECK(on.read(keys) == expected);

  // The same snapshot fills two subtasks with databases, and one without.
  auto other_database = create();
  auto third_database = create();
  content halves;
  operator_under_test lower{0, 63, &other_database, budget};
  operator_under_test upper{64, 127, &third_database, budget};
  operator_under_test in_memory{0, 127, nullptr, 0};
  for (auto* each : {&lower, &upper, &in_memory})
    restore(*each, taken);
  merge(halves, lower.read(keys));
  merge(halves, upper.read(keys));
  CHECK(halves == frozen);
  CHECK(in_memory.read(keys) == frozen);
}

TEST_CASE_FIXTURE(leveldb_fixture, "states on a full disk fail the call that needs the database") {
  auto database = create();
  operator_under_test on{0, 127, &database, 96 * 1024};
  platform.disk.appends_left = 10;
  std::uint64_t at = 0;
  auto fill = [&] {
    for (; at < 100'000; ++at) {
      on.select(at);
      on.values.set(std::string(100, 'x'));
    }
  };
  auto failure = failure_of(fill);
  CHECK(failure.find("No space left on device") != std::string::npos);
  CHECK(failure_of([&] { (void)on.read(at); }) == failure);
}
