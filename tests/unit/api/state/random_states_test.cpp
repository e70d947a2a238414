#include "manual_states.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/state.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::detail;

namespace {

struct sum_and_count {
  struct accumulator {
    std::int64_t sum = 0;
    std::int64_t count = 0;
  };
  static void add(accumulator& to, std::int64_t value) {
    to.sum += value;
    ++to.count;
  }
  static std::pair<std::int64_t, std::int64_t> result(const accumulator& of) { return {of.sum, of.count}; }
};

/// What a run is about.
struct plan {
  std::uint64_t keys = 50;
  bool stores = false;
  std::uint64_t budget = 0;
  std::int64_t expires_after = 0;
  weir::refresh when = weir::refresh::on_write;
};

/// One of each kind of state.
struct all_states {
  weir::value_state<std::string> value;
  weir::list_state<std::string> list;
  weir::map_state<std::string, std::int64_t> map;
  weir::reducing_state<std::int64_t> least;
  weir::aggregating_state<std::int64_t, std::pair<std::int64_t, std::int64_t>> sums;

  void open(auto& states, const plan& how) {
    auto with = [&](const auto& descriptor) {
      return how.expires_after == 0
                 ? descriptor
                 : descriptor.expires_after(std::chrono::milliseconds{how.expires_after}, how.when);
    };
    value = states.make(with(weir::value<std::string>("value")));
    list = states.make(with(weir::list<std::string>("list")));
    map = states.make(with(weir::map<std::string, std::int64_t>("map")));
    least = states.make(with(weir::reducing<std::int64_t>(
        "least", [](std::int64_t a, std::int64_t b) { return std::min(a, b); })));
    sums = states.make(with(
        weir::aggregating<std::int64_t, sum_and_count::accumulator, std::pair<std::int64_t, std::int64_t>>(
            "sums", sum_and_count{})));
  }
};

template <class T>
struct timed {
  T value{};
  std::int64_t expires = 0;
};

/// The same in standard containers.
struct expected_states {
  std::map<std::uint64_t, timed<std::string>> value;
  std::map<std::uint64_t, std::vector<timed<std::string>>> list;
  std::map<std::uint64_t, std::map<std::string, timed<std::int64_t>>> map;
  std::map<std::uint64_t, timed<std::int64_t>> least;
  std::map<std::uint64_t, timed<sum_and_count::accumulator>> sums;

  void drop_expired(std::int64_t now) {
    auto gone = [now](const auto& of) { return of.second.expires != 0 && of.second.expires <= now; };
    std::erase_if(value, gone);
    std::erase_if(least, gone);
    std::erase_if(sums, gone);
    for (auto& [key, entries] : map)
      std::erase_if(entries, gone);
    for (auto& [key, elements] : list)
      std::erase_if(elements, [now](const auto& of) { return of.expires != 0 && of.expires <= now; });
  }
};

template <class K>
K key_of(std::uint64_t number) {
  if constexpr (std::is_same_v<K, std::string>)
    return std::string(number % 20, 'k') + std::to_string(number);
  else
    return number;
}

/// Several subtasks of an operator with all kinds of state, and the oracle.
template <class K>
class run {
  struct subtask {
    subtask(std::uint32_t first, std::uint32_t last, const plan& how, std::int64_t& now,
            const manual_snapshot& from)
        : backend{first, last} {
      if (how.stores)
        backend.use_stores(how.budget);
      backend.begin_from(from);
      states = std::make_unique<keyed_states<K>>(backend, [&now] { return now; });
      handles.open(*states, how);
    }
    manual_states backend;
    std::unique_ptr<keyed_states<K>> states;
    all_states handles;
  };

public:
  run(std::uint64_t seed, plan how) : random_{seed}, how_{how} { start(1 + random_() % 3, {}); }

  void work(std::uint64_t steps) {
    for (std::uint64_t i = 0; i < steps; ++i)
      step();
  }

  /// Cuts all subtasks, goes on while another thread reads, and makes the snapshot what was cut. Sometimes it
  /// comes to nothing.
  void snapshot() {
    ++cut_number_;
    cut_kind what = changes_noted_ && random_() % 3 != 0 ? cut_kind::changes
                    : random_() % 2 == 0                 ? cut_kind::full
                                                         : cut_kind::standalone;
    if (what == cut_kind::standalone)
      changes_noted_ = false;
    std::vector<std::pair<std::string, std::unique_ptr<state_cut>>> cuts;
    for (auto& each : subtasks_)
      for (auto& [name, state] : each->backend.added)
        cuts.emplace_back(name, state->freeze(cut_number_, what));
    expected_states then = expected_;
    std::int64_t then_ms = now_;
    manual_snapshot read;
    bool give_up = random_() % 4 == 0;
    std::thread other{[&] {
      state_block block;
      for (auto& [name, cut] : cuts) {
        while (cut->next(block)) {
          read[name].push_back(std::exchange(block, {}));
          if (give_up)
            break;
        }
        cut = nullptr;
      }
    }};
    work(random_() % 300);
    other.join();
    bool confirmed = !give_up && random_() % 4 != 0;
    for (auto& each : subtasks_)
      for (auto& [name, state] : each->backend.added)
        if (confirmed)
          state->confirm(cut_number_);
        else
          state->abandon(cut_number_);
    if (!confirmed)
      return;
    if (what != cut_kind::changes)
      stored_ = {};
    for (auto& [name, blocks] : read)
      for (auto& block : blocks)
        stored_[name].push_back(std::move(block));
    has_base_ = true;
    changes_noted_ = what != cut_kind::standalone;
    stored_expected_ = std::move(then);
    (void)then_ms;
  }

  /// Throws the subtasks away and begins from the last snapshot with another number of them.
  void restart() {
    if (!has_base_)
      return;
    expected_ = stored_expected_;
    start(1 + random_() % 5, stored_);
    has_base_ = changes_noted_ = false;
    stored_ = {};
  }

  void check_all() {
    for (std::uint64_t number = 0; number < how_.keys; ++number)
      check(number);
  }

  std::uint64_t memory_max() const { return memory_max_; }

private:
  void start(std::uint32_t parallelism, manual_snapshot from) {
    subtasks_.clear();
    parallelism_ = parallelism;
    for (std::uint32_t i = 0; i < parallelism; ++i) {
      std::uint32_t first = (i * 128 + parallelism - 1) / parallelism;
      std::uint32_t last = ((i + 1) * 128 + parallelism - 1) / parallelism - 1;
      subtasks_.push_back(std::make_unique<subtask>(first, last, how_, now_, from));
    }
  }

  all_states& select(std::uint64_t number) {
    key_ = key_of<K>(number);
    std::uint64_t hash = hash_key(key_);
    auto& at = *subtasks_[subtask_of(key_group(hash, 128), 128, parallelism_)];
    at.states->prefetch(&hash, 1);
    at.states->select(key_, hash);
    return at.handles;
  }

  std::int64_t expiry() const { return how_.expires_after == 0 ? 0 : now_ + how_.expires_after; }
  void renew(auto& of) {
    if (how_.when == weir::refresh::on_read_and_write)
      of.expires = expiry();
  }

  void check(std::uint64_t number) {
    expected_.drop_expired(now_);
    all_states& states = select(number);
    {
      const std::string* found = states.value.get();
      auto at = expected_.value.find(number);
      REQUIRE((found != nullptr) == (at != expected_.value.end()));
      if (found) {
        REQUIRE(*found == at->second.value);
        renew(at->second);
      }
    }
    {
      std::vector<std::string> elements;
      for (auto& each : expected_.list[number]) {
        elements.push_back(each.value);
        renew(each);
      }
      REQUIRE(states.list.get() == elements);
      REQUIRE(states.list.size() == elements.size());
    }
    {
      std::map<std::string, std::int64_t> entries, found;
      for (auto& [key, each] : expected_.map[number]) {
        entries[key] = each.value;
        renew(each);
      }
      states.map.for_each(
          [&](const std::string& key, std::int64_t value) { REQUIRE(found.emplace(key, value).second); });
      REQUIRE(found == entries);
      REQUIRE(states.map.empty() == entries.empty());
    }
    {
      const std::int64_t* found = states.least.get();
      auto at = expected_.least.find(number);
      REQUIRE((found != nullptr) == (at != expected_.least.end()));
      if (found) {
        REQUIRE(*found == at->second.value);
        renew(at->second);
      }
    }
    {
      auto found = states.sums.get();
      auto at = expected_.sums.find(number);
      REQUIRE(found.has_value() == (at != expected_.sums.end()));
      if (found) {
        REQUIRE(found->first == at->second.value.sum);
        REQUIRE(found->second == at->second.value.count);
        renew(at->second);
      }
    }
  }

  void step() {
    if (random_() % 4 == 0)
      now_ += static_cast<std::int64_t>(random_() % 4);
    expected_.drop_expired(now_);
    std::uint64_t number = random_() % 3 == 0 ? random_() % 5 : random_() % how_.keys;
    auto small = static_cast<std::int64_t>(random_() % 40);
    std::string text = std::string(random_() % 60, 't') + std::to_string(random_() % 1000);
    all_states& states = select(number);
    switch (random_() % 16) {
    case 0:
      states.value.set(text);
      expected_.value[number] = {text, expiry()};
      break;
    case 1: {
      states.value.change() += "+";
      auto& at = expected_.value[number];
      at = {at.value + "+", expiry()};
      break;
    }
    case 2:
      states.value.clear();
      expected_.value.erase(number);
      break;
    case 3:
    case 4:
    case 5:
      states.list.add(text);
      expected_.list[number].push_back({text, expiry()});
      break;
    case 6:
      if (random_() % 8 == 0) {
        states.list.clear();
        expected_.list.erase(number);
      }
      break;
    case 7:
    case 8: {
      std::string key = std::to_string(random_() % 60);
      states.map.put(key, small);
      expected_.map[number][key] = {small, expiry()};
      break;
    }
    case 9: {
      std::string key = std::to_string(small);
      ++states.map.change(key);
      auto& at = expected_.map[number][key];
      at = {at.value + 1, expiry()};
      break;
    }
    case 10: {
      std::string key = std::to_string(small);
      REQUIRE(states.map.remove(key) == (expected_.map[number].erase(key) != 0));
      break;
    }
    case 11:
      if (random_() % 8 == 0) {
        states.map.clear();
        expected_.map.erase(number);
      } else {
        check(number);
      }
      break;
    case 12: {
      states.least.add(small);
      auto [at, fresh] = expected_.least.try_emplace(number, timed<std::int64_t>{small, 0});
      at->second = {std::min(at->second.value, small), expiry()};
      break;
    }
    case 13: {
      states.sums.add(small);
      auto& at = expected_.sums[number];
      sum_and_count::add(at.value, small);
      at.expires = expiry();
      break;
    }
    case 14:
      states.least.clear();
      expected_.least.erase(number);
      states.sums.clear();
      expected_.sums.erase(number);
      break;
    default:
      for (auto& each : subtasks_) {
        each->states->tend();
        std::uint64_t memory = 0;
        for (auto& [name, state] : each->backend.added)
          memory += state->memory();
        memory_max_ = std::max(memory_max_, memory);
      }
    }
  }

  std::mt19937_64 random_;
  plan how_;
  std::int64_t now_ = 1'000'000;
  std::uint32_t parallelism_ = 1;
  std::vector<std::unique_ptr<subtask>> subtasks_;
  K key_{};
  expected_states expected_;
  std::uint64_t cut_number_ = 0;
  bool has_base_ = false;
  bool changes_noted_ = false; ///< since the snapshot that is stored
  manual_snapshot stored_;
  expected_states stored_expected_;
  std::uint64_t memory_max_ = 0;
};

template <class K>
void check_run(std::uint64_t seed) {
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  plan how;
  how.keys = 1 + random() % 400;
  how.stores = random() % 2 == 0;
  how.budget = random() % 400'000;
  if (random() % 2 == 0) {
    how.expires_after = 1 + static_cast<std::int64_t>(random() % 2000);
    how.when = random() % 2 == 0 ? weir::refresh::on_write : weir::refresh::on_read_and_write;
  }
  CAPTURE(how.keys);
  CAPTURE(how.stores);
  CAPTURE(how.budget);
  CAPTURE(how.expires_after);
  run<K> states{seed, how};
  for (int round = 0; round < 12; ++round) {
    states.work(random() % 1500);
    if (random() % 6 == 0)
      states.restart();
    else
      states.snapshot();
  }
  states.check_all();
}

} // namespace

TEST_CASE(
    "all kinds of state do what standard containers do, through snapshots, restarts and other parallelism") {
  std::uint64_t seed = std::random_device{}();
  const char* wanted = std::getenv("WEIR_SEED");
  if (wanted)
    seed = std::strtoull(wanted, nullptr, 10);
  const char* count = std::getenv("WEIR_SEEDS");
  for (std::uint64_t i = 0, n = count ? std::strtoull(count, nullptr, 10) : 20; i < n; ++i) {
    check_run<std::string>(seed + i);
    check_run<std::uint64_t>(seed + i);
  }
}
