#include "leveldb_fixture.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <thread>

using namespace weir;
using namespace weir::testing;

namespace {

using oracle = std::map<std::string, std::string>;
using entries = std::vector<std::pair<std::string, std::string>>;

entries all_of(detail::cold_cursor& cursor) {
  entries all;
  for (; cursor.valid(); cursor.next())
    all.emplace_back(cursor.key(), cursor.value());
  return all;
}

entries range_of(const oracle& expected, const std::string& from, const std::string& to) {
  return {expected.lower_bound(from), to < from ? expected.lower_bound(from) : expected.lower_bound(to)};
}

struct random_operations {
  explicit random_operations(std::uint64_t seed) : random{seed} {}

  std::string key() {
    auto group = static_cast<std::uint16_t>(random() % 5 * 0x3fff);
    std::string rest(random() % 3, '\0');
    for (char& each : rest)
      each = static_cast<char>(random() % 4 * 85);
    return key_of(group, rest + std::to_string(random() % 300));
  }

  std::string value() { return std::string(random() % 200, static_cast<char>('a' + random() % 26)); }

  /// As a table writes: ascending keys, each once.
  void write(detail::cold_store& store, oracle& expected) {
    std::map<std::string, std::optional<std::string>> changed;
    for (std::uint64_t count = random() % 50; count > 0; --count)
      changed[key()] = random() % 4 == 0 ? std::optional<std::string>{} : value();
    std::vector<detail::cold_store::change> changes;
    for (const auto& [key, value] : changed) {
      changes.push_back({key, value ? std::optional<std::string_view>{*value} : std::nullopt});
      if (value)
        expected[key] = *value;
      else
        expected.erase(key);
    }
    store.write(changes);
  }

  std::mt19937_64 random;
};

} // namespace

TEST_CASE_FIXTURE(leveldb_fixture,
                  "stores of one database behave like maps that know nothing of each other") {
  auto seed = std::random_device{}();
  CAPTURE(seed);
  random_operations operations{seed};
  auto database = create();
  std::vector<std::unique_ptr<detail::cold_store>> stores;
  for (std::uint16_t number : {0, 1, 255, 256, 65535})
    stores.push_back(database.store(number));
  std::vector<oracle> expected(stores.size());
  for (int step = 0; step < 4000; ++step) {
    std::size_t at = operations.random() % stores.size();
    switch (operations.random() % 8) {
    default:
      operations.write(*stores[at], expected[at]);
      break;
    case 5: {
      auto key = operations.key();
      auto found = expected[at].find(key);
      REQUIRE(value_of(*stores[at], key) == (found == expected[at].end() ? "-" : found->second));
      break;
    }
    case 6: {
      auto from = operations.key().substr(0, operations.random() % 6);
      auto to = operations.key();
      auto cursor = stores[at]->scan(from, to);
      REQUIRE(all_of(*cursor) == range_of(expected[at], from, to));
      auto again = std::max(from, operations.key().substr(0, operations.random() % 6));
      cursor->seek(again);
      REQUIRE(all_of(*cursor) == range_of(expected[at], again, to));
      break;
    }
    case 7:
      if (operations.random() % 100 == 0)
        database.flush();
      break;
    }
  }
  for (std::size_t at = 0; at < stores.size(); ++at)
    CHECK(all_of(*stores[at]->freeze()) == entries{expected[at].begin(), expected[at].end()});
}

TEST_CASE_FIXTURE(leveldb_fixture, "a scan gives what lies between its bounds, the first included") {
  auto database = create();
  auto before = database.store(6);
  auto store = database.store(7);
  auto after = database.store(8);
  for (auto* each : {before.get(), store.get(), after.get()})
    for (std::uint16_t group : {1, 2, 3})
      for (std::string rest : {"", "a", "b", "ba", "c"})
        put(*each, key_of(group, rest), std::to_string(group));
  CHECK(rest_of(*store->scan(key_of(2, "a"), key_of(2, "c"))) ==
        std::vector<std::string>{"a=2", "b=2", "ba=2"});
  CHECK(rest_of(*store->scan(key_of(2, ""), key_of(3, ""))) ==
        std::vector<std::string>{"=2", "a=2", "b=2", "ba=2", "c=2"});
  CHECK(rest_of(*store->scan(key_of(1, "bb"), key_of(2, "a"))) == std::vector<std::string>{"c=1", "=2"});
  CHECK(rest_of(*store->scan("", key_of(1, "b"))) == std::vector<std::string>{"=1", "a=1"});
  CHECK(rest_of(*store->scan(key_of(3, "ba"), std::string(1, '\x01'))) ==
        std::vector<std::string>{"ba=3", "c=3"});
  CHECK(rest_of(*store->scan(key_of(3, "d"), "\x7f")).empty());
  CHECK(rest_of(*store->scan(key_of(2, "b"), key_of(2, "b"))).empty());
}

TEST_CASE_FIXTURE(leveldb_fixture, "a scan does not see later writes") {
  auto database = create();
  auto store = database.store(0);
  put(*store, key_of(0, "a"), "1");
  put(*store, key_of(0, "b"), "1");
  auto cursor = store->scan(key_of(0, ""), key_of(1, ""));
  put(*store, key_of(0, "b"), "2");
  put(*store, key_of(0, "c"), "2");
  CHECK(rest_of(*cursor) == std::vector<std::string>{"a=1", "b=1"});
}

TEST_CASE_FIXTURE(leveldb_fixture,
                  "what is frozen is read by another thread as it was, however much is written meanwhile") {
  // Enough for several write buffers and compactions, and for cursors to open their iterators anew.
  constexpr std::uint64_t keys = 60'000;
  auto database = create();
  auto store = database.store(3);
  auto other = database.store(4);
  auto write_all = [&](detail::cold_store& to, char letter) {
    std::string value(100, letter);
    std::vector<std::string> ordered;
    for (std::uint64_t i = 0; i < keys; ++i)
      ordered.push_back(number_key(i));
    std::ranges::sort(ordered);
    std::vector<detail::cold_store::change> changes;
    for (const auto& key : ordered)
      changes.push_back({key, value});
    to.write(changes);
  };
  write_all(*store, 'a');
  write_all(*other, 'x');
  auto frozen = store->freeze();
  std::uint64_t count = 0;
  std::uint64_t wrong = 0;
  std::string last;
  std::thread reader{[&] {
    for (; frozen->valid(); frozen->next()) {
      ++count;
      wrong += frozen->value() != std::string(100, 'a') || frozen->key() <= last;
      last = frozen->key();
    }
    frozen.reset();
  }};
  for (char letter : {'b', 'c', 'd'})
    write_all(*store, letter);
  reader.join();
  CHECK(count == keys);
  CHECK(wrong == 0);
  CHECK(value_of(*store, number_key(17)) == std::string(100, 'd'));
}

TEST_CASE_FIXTURE(leveldb_fixture, "a value longer than the write buffers is kept") {
  auto database = create();
  auto store = database.store(0);
  std::string large(3 * options::megabyte, 'x');
  put(*store, key_of(0, "large"), large);
  put(*store, key_of(0, "small"), "y");
  CHECK(value_of(*store, key_of(0, "large")) == large);
  database.flush();
  CHECK(value_of(*store, key_of(0, "large")) == large);
  CHECK(value_of(*store, key_of(0, "small")) == "y");
}
