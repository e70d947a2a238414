#include "../random_values.hpp"

#include <weir/detail/state/state_table.hpp>
#include <weir/detail/state/table_reader.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace weir::detail;

namespace {

/// Keys and values of a table under test, as strings for the oracle.
template <class K, class V>
struct subject {
  using entry = value_entry<K, V>;
  using table = state_table<entry>;
  static K key(std::uint64_t number) {
    if constexpr (std::is_same_v<K, std::string>)
      return std::string(number % 30, 'k') + std::to_string(number);
    else
      return static_cast<K>(number);
  }
  static V value(std::uint64_t number) {
    if constexpr (std::is_same_v<V, std::string>)
      return std::string(number % 70, 'v') + std::to_string(number);
    else
      return static_cast<V>(number);
  }
};

using contents = std::map<std::string, std::string>;

template <class T>
std::string key_bytes(const T& key) {
  std::string bytes;
  append_ordered(bytes, key);
  return bytes;
}

template <class T>
std::string value_bytes(const T& value) {
  std::string bytes(encoded_bound(value), '\0');
  bytes.resize(static_cast<std::size_t>(write_value(bytes.data(), value) - bytes.data()));
  return bytes;
}

void add_block(contents& to, const state_block& block, std::uint32_t max_parallelism) {
  (void)max_parallelism;
  column_reader keys{block.keys}, values{block.values};
  std::string_view key, value;
  for (std::uint32_t i = 0; i < block.entries; ++i) {
    REQUIRE(keys.next(key));
    REQUIRE(values.next(value));
    REQUIRE_MESSAGE(to.emplace(key, value).second, "an entry is there twice");
  }
  REQUIRE(keys.at_end());
  REQUIRE(values.at_end());
}

template <class Entry>
contents read_all(table_reader<Entry> reader) {
  contents all;
  open_blocks blocks;
  state_block block;
  while (reader.read_some(blocks))
    while (blocks.take(block))
      add_block(all, block, 128);
  blocks.close_all();
  while (blocks.take(block))
    add_block(all, block, 128);
  return all;
}

/// Random work on a table and on a std::map beside it.
template <class K, class V>
class pair_of_tables {
  using subject = ::subject<K, V>;
  using table_type = typename subject::table;

public:
  explicit pair_of_tables(std::uint64_t seed, std::uint64_t keys, hash_range range = {})
      : random_{seed}, keys_{keys}, table_{{}, {.range = range}} {}

  void step() {
    std::uint64_t number = random_() % keys_;
    K key = subject::key(number);
    V value = subject::value(random_() % 100000);
    std::uint64_t hash = hash_key(key);
    std::string bytes = key_bytes(key);
    switch (random_() % 8) {
    case 0:
    case 1: {
      auto* found = table_.find(key, hash);
      REQUIRE((found != nullptr) == expected_.contains(bytes));
      if (found) {
        removed_if_old(*found, bytes);
        expected_.erase(bytes);
      }
      break;
    }
    case 2: {
      auto* found = table_.peek(key, hash);
      REQUIRE((found != nullptr) == expected_.contains(bytes));
      if (found)
        REQUIRE(value_bytes(found->value) == expected_[bytes]);
      break;
    }
    case 3:
      table_.prefetch(&hash, 1);
      table_.tend();
      break;
    default: {
      auto [at, fresh] = table_.find_or_make(key, hash, [&] {
        return typename subject::entry::record{key, value};
      });
      REQUIRE(fresh != expected_.contains(bytes));
      if (!fresh)
        at->value = value;
      expected_[bytes] = value_bytes(value);
    }
    }
    REQUIRE(table_.size() == expected_.size());
  }

  void removed_if_old(auto& record, const std::string& bytes) {
    if (table_.erase(record).known)
      removed_.push_back(bytes);
  }

  void check() {
    contents found;
    std::size_t place = 0;
    while (place != table_.end())
      place = table_.visit(place, 7, [&](auto& record) {
        REQUIRE(found.emplace(key_bytes(record.key), value_bytes(record.value)).second);
      });
    REQUIRE(found == expected_);
  }

  table_reader<typename subject::entry> cut(bool changes_only) {
    return {table_.freeze(), {.changes_only = changes_only, .max_parallelism = 128}};
  }

  std::mt19937_64 random_;
  std::uint64_t keys_;
  table_type table_;
  contents expected_;
  std::vector<std::string> removed_;
};

template <class K, class V>
void check_random_work(std::uint64_t seed) {
  CAPTURE(seed);
  for (std::uint64_t keys : {1, 5, 100, 3000, 40000}) {
    CAPTURE(keys);
    pair_of_tables<K, V> tables{seed, keys};
    for (std::uint64_t i = 0; i < keys * 6 + 100; ++i)
      tables.step();
    tables.check();
  }
}

/// Applies cut after cut of changes to the first full one, which must give each time what the table was.
template <class K, class V>
void check_chains_of_changes(std::uint64_t seed) {
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  pair_of_tables<K, V> tables{seed, 20 + random() % 30000};
  contents stored; // as of the last confirmed cut
  bool any = false;
  std::vector<std::string> not_confirmed;
  for (int round = 0; round < 12; ++round) {
    for (std::uint64_t i = random() % 20000; i > 0; --i)
      tables.step();
    contents at_freeze = tables.expected_;
    auto removed = std::exchange(tables.removed_, {});
    not_confirmed.insert(not_confirmed.end(), removed.begin(), removed.end());
    bool changes = any && random() % 3 != 0;
    {
      auto reader = tables.cut(changes);
      open_blocks blocks;
      state_block block;
      contents read;
      bool more = true;
      bool give_up = random() % 5 == 0;
      while (more) {
        for (std::uint64_t i = random() % 60; i > 0; --i)
          tables.step();
        for (std::uint64_t i = 0; more && i < 1 + random() % 40; ++i)
          more = reader.read_some(blocks);
        if (give_up && random() % 10 == 0)
          break;
      }
      blocks.close_all();
      while (blocks.take(block))
        add_block(read, block, 128);
      if (more)
        continue; // abandoned
      contents whole = changes ? stored : contents{};
      if (changes)
        for (const auto& key : not_confirmed)
          whole.erase(key);
      for (auto& [key, value] : read)
        whole[key] = value;
      REQUIRE(whole == at_freeze);
      if (random() % 3 != 0) {
        tables.table_.confirm(tables.table_.version());
        stored = at_freeze;
        not_confirmed.clear();
        any = true;
      }
    }
  }
  tables.check();
}

template <class K, class V>
void check_reading_aside(std::uint64_t seed) {
  CAPTURE(seed);
  pair_of_tables<K, V> tables{seed, 60000};
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 30000; ++i)
      tables.step();
    contents at_freeze = tables.expected_;
    auto reader = std::make_unique<table_reader<typename subject<K, V>::entry>>(tables.cut(false));
    contents read;
    std::atomic<bool> done{false};
    std::thread other{[&] {
      read = read_all(std::move(*reader));
      reader = nullptr;
      done = true;
    }};
    while (!done)
      tables.step();
    other.join();
    REQUIRE(read == at_freeze);
  }
  tables.check();
}

/// Counts how often it is moved.
struct counted {
  counted() = default;
  counted(const counted&) { ++copies; }
  counted& operator=(const counted&) = default;
  std::uint64_t number = 0;
  static inline std::uint64_t copies = 0;
};
struct counted_entry {
  struct record {
    std::uint64_t key;
    counted value;
  };
  static constexpr bool spread_by_key = true;
  std::uint64_t key(const record& of) const { return of.key; }
  std::uint64_t hash(const record& of) const { return hash_key(of.key); }
};

} // namespace

TEST_CASE("16-byte records with an integer key lie in lines, all others beside their hash") {
  CHECK(slot_array<value_entry<std::uint64_t, std::int64_t>>::in_lines);
  CHECK_FALSE(slot_array<value_entry<std::uint32_t, std::int64_t>>::in_lines);
  CHECK_FALSE(slot_array<value_entry<std::string, std::int64_t>>::in_lines);
}

TEST_CASE("a table holds what a std::map holds, through growth and removals and with key 0") {
  std::uint64_t seed = std::random_device{}();
  check_random_work<std::uint64_t, std::int64_t>(seed);
  check_random_work<std::uint32_t, std::string>(seed);
  check_random_work<std::string, std::int64_t>(seed);
  check_random_work<std::string, std::string>(seed);
}

TEST_CASE("a full cut and the changes since give the table as it was at each cut") {
  std::uint64_t seed = std::random_device{}();
  for (std::uint64_t i = 0; i < 4; ++i) {
    check_chains_of_changes<std::uint64_t, std::int64_t>(seed + i);
    check_chains_of_changes<std::string, std::int64_t>(seed + i);
    check_chains_of_changes<std::uint64_t, std::string>(seed + i);
  }
}

TEST_CASE("a cut read by another thread is the table as it was while updates go on") {
  std::uint64_t seed = std::random_device{}();
  check_reading_aside<std::uint64_t, std::int64_t>(seed);
  check_reading_aside<std::string, std::string>(seed);
}

TEST_CASE("places follow key groups, and fit whatever range of them a subtask has") {
  for (std::uint32_t max_parallelism : {1u, 3u, 128u, 1000u, 65536u}) {
    std::uint32_t first = max_parallelism / 3, last = std::max(first, max_parallelism * 2 / 3);
    CAPTURE(max_parallelism);
    hash_range range = hash_range::of_groups(first, last, max_parallelism);
    for (std::size_t wanted : {16, 64, 1000, 5000}) {
      place_map places{range, wanted};
      REQUIRE(places.count() >= wanted);
      REQUIRE(places.count() < 2 * wanted);
      std::mt19937_64 random{max_parallelism};
      std::map<std::uint64_t, std::size_t> placed;
      for (int i = 0; i < 20000; ++i) {
        std::uint64_t hash = random();
        std::uint32_t group = key_group(hash, max_parallelism);
        if (i % 2 == 0)
          hash = range.low + hash % (range.width << 48 ? range.width << 48 : ~std::uint64_t{0});
        else if (group >= first && group <= last)
          REQUIRE(places(hash) < places.count());
        else
          REQUIRE(places(hash) >= places.count() - 1); // the last place may reach beyond the range
        if (i % 2 == 0) {
          REQUIRE(key_group(hash, max_parallelism) >= first);
          REQUIRE(key_group(hash, max_parallelism) <= last);
          placed[hash] = places(hash);
        }
      }
      std::size_t before = 0;
      for (auto [hash, place] : placed) {
        REQUIRE(place >= before);
        REQUIRE(place - before <= places.count() / 50 + 1);
        before = place;
      }
      CHECK(before >= places.count() - places.count() / 50 - 1);
    }
  }
}

TEST_CASE("a table grows in steps: no addition moves more than a part of the others") {
  state_table<counted_entry> table{{}};
  std::uint64_t most = 0;
  for (std::uint64_t key = 0; key < 1'000'000; ++key) {
    counted::copies = 0;
    table.find_or_make(key, hash_key(key), [&] { return counted_entry::record{key, {}}; });
    most = std::max(most, counted::copies);
    counted::copies = 0;
    if (key % 1000 == 0)
      table.tend();
    most = std::max(most, counted::copies);
  }
  CHECK(table.size() == 1'000'000);
  CHECK(most < 20'000);
}

TEST_CASE("a table whose changes nobody will ask for finds records quickly again once a cut is read") {
  using entry = value_entry<std::uint64_t, std::int64_t>;
  for (bool changes_follow : {false, true}) {
    state_table<entry> table{{}};
    table.find_or_make(7u, hash_key(7u), [] { return entry::record{7, 1}; });
    {
      table_reader<entry> reader{table.freeze(changes_follow), {}};
      table.tend();
      CHECK(table.find_quickly(7u, hash_key(7u)) == nullptr);
    }
    table.tend();
    CHECK((table.find_quickly(7u, hash_key(7u)) != nullptr) == !changes_follow);
  }
}

TEST_CASE("what is kept of a table that is written over and over is no larger than the table") {
  using entry = value_entry<std::uint64_t, std::int64_t>;
  constexpr std::uint64_t keys = 100'000;
  state_table<entry> table{{}};
  auto write_all = [&](std::int64_t value) {
    for (std::uint64_t key = 0; key < keys; ++key)
      table.find_or_make(key, hash_key(key), [&] { return entry::record{key, 0}; }).first->value = value;
  };
  write_all(1);
  std::size_t alone = table.memory();
  {
    table_reader<entry> reader{table.freeze(false), {}};
    write_all(2);
    std::size_t kept = table.memory() - alone;
    CHECK(kept > keys * sizeof(entry::record));
    CHECK(kept < alone * 11 / 10);
    write_all(3);
    CHECK(table.memory() - alone == kept);
    contents at_freeze = read_all(std::move(reader));
    CHECK(at_freeze.size() == keys);
    for (const auto& [key, value] : at_freeze)
      REQUIRE(value == value_bytes(std::int64_t{1}));
  }
  table.tend();
  CHECK(table.memory() == alone);
}

TEST_CASE("a hash from another subtask's key groups is refused") {
  using entry = value_entry<std::uint32_t, std::int64_t>;
  state_table<entry> table{{}, {.range = hash_range::of_groups(0, 3, 128)}};
  std::uint64_t hash = std::uint64_t{127} << 57;
  CHECK_THROWS_AS((void)table.peek(1u, hash), std::logic_error);
  CHECK_THROWS_AS(table.find_or_make(1u, hash, [] { return entry::record{1, 1}; }), std::logic_error);
}
