#include <weir/detail/key_table.hpp>
#include <weir/detail/keyed.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace weir::detail;

namespace {

struct pair_record {
  std::uint64_t key;
  std::int64_t sum;
};

struct word_record {
  std::string key;
  std::int64_t sum;
};

struct text_record {
  weir::text key;
  std::int64_t sum;
};

/// Adds up random values for random keys in a table and in a std::map, and compares what both hold.
template <class Record, class MakeKey>
void check_against_map(std::size_t keys, std::size_t additions, MakeKey make_key) {
  using key_of = member_key<Record, decltype(Record::key)>;
  key_table<Record, key_of> table{key_of{&Record::key}};
  std::map<std::string, std::int64_t> expected;
  std::mt19937_64 random{keys};
  std::string bytes;
  for (std::size_t i = 0; i < additions; ++i) {
    auto number = random() % keys;
    Record record{make_key(number, bytes), static_cast<std::int64_t>(random() % 1000)};
    auto hash = hash_key(record.key);
    table.prefetch(hash);
    auto [at, fresh] = table.find(record.key, hash, [&]() -> const Record& { return record; });
    if (!fresh)
      at->sum += record.sum;
    auto [entry, inserted] = expected.try_emplace(std::to_string(number), 0);
    REQUIRE(inserted == fresh);
    entry->second += record.sum;
  }
  REQUIRE(table.size() == expected.size());

  std::size_t place = 0, visited = 0;
  while (place != table.end()) {
    std::size_t in_step = 0;
    place = table.visit(place, 100, [&](Record& record) {
      ++visited;
      ++in_step;
      auto number = std::find_if(expected.begin(), expected.end(), [&](const auto& entry) {
        return make_key(std::stoull(entry.first), bytes) == record.key;
      });
      REQUIRE(number != expected.end());
      CHECK(number->second == record.sum);
      expected.erase(number);
    });
    REQUIRE(in_step <= 100);
  }
  CHECK(expected.empty());
}

} // namespace

TEST_CASE("the line table takes 16-byte records with an integer key, the hash table all others") {
  using integer_key = member_key<pair_record, std::uint64_t>;
  using string_key = member_key<word_record, std::string>;
  CHECK(std::is_same_v<key_table<pair_record, integer_key>, line_table<pair_record, integer_key>>);
  CHECK(std::is_same_v<key_table<word_record, string_key>, hash_table<word_record, string_key>>);
}

TEST_CASE("tables hold what a std::map holds, through growth and with key 0") {
  for (std::size_t keys : {1, 3, 60, 1000}) {
    CAPTURE(keys);
    check_against_map<pair_record>(keys, keys * 5, [](std::uint64_t n, std::string&) { return n; });
    check_against_map<word_record>(keys, keys * 5, [](std::uint64_t n, std::string&) {
      return std::string(n % 40, 'x') + std::to_string(n);
    });
    check_against_map<text_record>(keys, keys * 5, [](std::uint64_t n, std::string& bytes) {
      bytes = std::string(n % 40, 'x') + std::to_string(n);
      return weir::text{bytes};
    });
  }
}

TEST_CASE("replaced texts do not pile up in a table") {
  struct labelled {
    std::uint64_t key;
    weir::text label;
  };
  using labelled_key = member_key<labelled, std::uint64_t>;
  hash_table<labelled, labelled_key> table{labelled_key{&labelled::key}};
  std::string label;
  for (std::uint64_t round = 0; round < 20'000; ++round) {
    std::uint64_t key = round % 10;
    label = std::string(500, static_cast<char>('a' + round % 26)) + std::to_string(round);
    labelled record{key, weir::text{label}};
    auto [at, fresh] = table.find(key, hash_key(key), [&] { return record; });
    if (!fresh) {
      *at = record;
      table.adopt(*at);
    }
    label.assign(label.size(), '?'); // the batch it came in is gone
  }
  std::vector<std::string> labels(10);
  table.visit(0, 10, [&](labelled& each) { labels[each.key] = each.label.str(); });
  for (std::uint64_t key = 0; key < 10; ++key) {
    std::uint64_t round = 19'990 + key;
    CHECK(labels[key] == std::string(500, static_cast<char>('a' + round % 26)) + std::to_string(round));
  }
  CHECK(table.text_bytes() < 4 * 1024 * 1024);
}
