#include "limits/exchange.hpp"
#include "limits/keyed_sum.hpp"
#include "limits/map_filter_sum.hpp"
#include "limits/number_tables.hpp"
#include "limits/window_count.hpp"
#include "limits/word_count.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <unistd.h>

namespace {

std::string text_file(std::uint64_t bytes) {
  auto path = std::filesystem::temp_directory_path() / ("weir-bench-test-" + std::to_string(::getpid()));
  bench::write_generated_text(path, bytes);
  return path;
}

} // namespace

TEST_CASE_TEMPLATE("a hand-written table sums as a std::map does", Table, bench::limits::linear_table,
                   bench::limits::line_table) {
  constexpr std::uint64_t records = 200'000;
  for (std::uint64_t distinct : {1ul, 1'000ul, 150'000ul}) {
    std::map<std::uint64_t, std::uint64_t> sums;
    for (std::uint64_t i = 0; i < records; ++i)
      sums[bench::keyed_record(i, distinct).key] += i;
    std::uint64_t expected = 0;
    for (auto [key, sum] : sums)
      expected += key * sum * sum;
    bench::run done = bench::limits::keyed_sum<Table>(records, distinct);
    CHECK(done.amount == records);
    CHECK(done.checksum == expected);
  }
}

TEST_CASE_TEMPLATE("a hand-written loop counts in windows as a std::map does", Table,
                   bench::limits::linear_table, bench::limits::line_table) {
  constexpr std::uint64_t records = 50'000;
  bench::timed_stream stream{3'000, 10'000};
  std::map<std::pair<std::int64_t, std::uint64_t>, std::uint64_t> counts;
  std::int64_t latest = 0, most_late = 0;
  for (std::uint64_t i = 0; i < records; ++i) {
    auto [key, time] = stream(i);
    ++counts[{time / 1000, key}];
    latest = std::max(latest, time);
    most_late = std::max(most_late, latest - time);
  }
  CHECK(counts.rbegin()->first.first - counts.begin()->first.first == 5);
  CHECK(most_late > 500);
  CHECK(most_late < 512);
  std::uint64_t expected = 0;
  for (auto [of, count] : counts)
    expected += bench::checksum_of(of.second, count);
  CHECK(bench::limits::window_count<Table>(records, stream).checksum == expected);
}

TEST_CASE("keys are as many as asked for, scrambled, and never 0") {
  std::set<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < 100'000; ++i)
    keys.insert(bench::keyed_record(i, 1'000).key);
  CHECK(keys.size() == 1'000);
  CHECK(*keys.begin() > 1'000'000);
}

TEST_CASE("the hand-written word count counts as a std::map does, over blocks and lines") {
  std::string path = text_file(3'000'000);
  std::ifstream file{path};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::map<std::string, std::uint64_t> counts;
  std::string word;
  double words = 0;
  for (char c : text + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      ++counts[word];
      ++words;
      word.clear();
    }
  }
  std::uint64_t expected = 0;
  for (const auto& [each, count] : counts)
    expected += bench::checksum_of(each, count);
  bench::run done = bench::limits::word_count(path);
  std::filesystem::remove(path);
  CHECK(counts.size() > 5'000);
  CHECK(done.amount == words);
  CHECK(done.checksum == expected);
}

TEST_CASE("map_filter_sum keeps half of the numbers") {
  std::uint64_t sum = 0, passed = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    std::uint64_t x = bench::random_number(i);
    x = (x ^ (x >> 7)) * 3;
    if ((x / 512) % 2 == 1) {
      sum += x;
      ++passed;
    }
  }
  CHECK(bench::limits::map_filter_sum(10'000).checksum == sum);
  CHECK(passed > 4'800);
  CHECK(passed < 5'200);
}

TEST_CASE("the exchange between two processes loses nothing") {
  std::uint64_t expected = 0;
  for (std::uint64_t i = 0; i < 10'007; ++i)
    expected += bench::checksum_of(bench::wide_record_of(i));
  bench::run done = bench::limits::exchange(10'007, 3);
  CHECK(done.checksum == expected);
  CHECK(done.amount == doctest::Approx(1.0007));
}
