#include "built_operator.hpp"
#include "naive_windows.hpp"
#include "seeds.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>

using namespace windows_test;
using std::chrono::milliseconds;

/// Windows without trigger or evictor, whose panes are shared. Every fold has a test, as each of them takes
/// another way: with an inverse or without, in memory without holes or on the heap, with texts or without.
namespace {

struct greatest_and_count {
  struct accumulator {
    std::int64_t greatest = INT64_MIN;
    std::int64_t count = 0;
  };
  void add(accumulator& to, const event& of) const {
    to.greatest = std::max(to.greatest, of.n);
    ++to.count;
  }
  void merge(accumulator& to, const accumulator& later) const {
    to.greatest = std::max(to.greatest, later.greatest);
    to.count += later.count;
  }
  std::pair<std::int64_t, std::int64_t> result(const accumulator& of) const {
    return {of.greatest, of.count};
  }
};

struct sum_and_count {
  std::array<std::int64_t, 2> create() const { return {0, 0}; }
  void add(std::array<std::int64_t, 2>& to, const event& of) const {
    to[0] += of.n;
    ++to[1];
  }
  void merge(std::array<std::int64_t, 2>& to, const std::array<std::int64_t, 2>& later) const {
    to[0] += later[0];
    to[1] += later[1];
  }
  void remove(std::array<std::int64_t, 2>& from, const std::array<std::int64_t, 2>& other) const {
    from[0] -= other[0];
    from[1] -= other[1];
  }
  std::int64_t result(const std::array<std::int64_t, 2>& of) const { return of[0] * 1000 + of[1]; }
};

/// A record with a key that has memory of its own.
struct named {
  std::string name;
  std::int64_t n;
};
std::string name_of(std::uint64_t key) {
  return "the name of " + std::to_string(key) + std::string(key % 40, '.');
}

/// A record with a text that points into its batch.
struct labeled {
  std::uint64_t key;
  weir::text label;
  std::int64_t n;
};
std::string_view label_of(std::int64_t n) {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 7; ++i)
      made.push_back("label " + std::to_string(i) + std::string(static_cast<std::size_t>(i) * 9, '-'));
    return made;
  }();
  return all[static_cast<std::size_t>(n + 50) % all.size()];
}

std::int64_t total(const kept_records& records) {
  std::int64_t sum = 0;
  for (const auto& each : records)
    sum += each.of.n;
  return sum;
}

std::vector<std::string> added_up(const window&, kept_records& records) {
  return {text_of(records.front().of.key, total(records))};
}

/// Plays steps with records of another type.
template <class T, class Convert, class KeyOf>
auto play_as(Convert convert, KeyOf key_of) {
  return [=](keyed_operators& to, const step& each) {
    if (each.what != step::kind::records)
      return play_events(to, each);
    std::vector<std::pair<event_time, T>> records;
    for (const auto& [time, of] : each.records)
      records.emplace_back(time, convert(of));
    to.add(records, key_of);
  };
}

/// Compares with a recomputation: windows of random shape over random histories. `fold(windowed stream)` says
/// what is done.
template <class T, class KeyMember, class Fold, class Play = decltype(&play_events)>
void check_windows(KeyMember key, Fold fold, naive_windows::recomputation compute, Play play = &play_events) {
  for (std::uint64_t seed : seeds()) {
    std::mt19937_64 random{seed};
    auto up_to = [&](std::int64_t n) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
    };
    std::int64_t slide = 1 + up_to(60);
    std::int64_t size = up_to(3) == 0 ? slide : 1 + up_to(2) * slide * (1 + up_to(20)) + up_to(50);
    std::int64_t lateness = up_to(2) * up_to(200);
    std::int64_t offset = up_to(100) - 50;
    INFO("seed " << seed << ": size " << size << " slide " << slide << " offset " << offset << " lateness "
                 << lateness);
    auto steps = random_history(random, {std::max<std::int64_t>(size, 10)});
    naive_windows expected{aligned(size, slide, offset), compute, lateness};
    recompute(expected, steps);
    auto under_test = operators_of<T>([&](const weir::stream<T>& records) {
      auto windowed =
          records.key_by(key)
              .window(weir::sliding(milliseconds{size}, milliseconds{slide}).offset(milliseconds{offset}))
              .allowed_lateness(milliseconds{lateness});
      if constexpr (std::is_same_v<T, event>)
        fold(windowed.late_to(late_events));
      else
        fold(windowed);
    });
    run_history(under_test, steps, random, play);
    REQUIRE(difference(under_test.lines, expected.lines) == "");
    if constexpr (std::is_same_v<T, event>)
      REQUIRE(difference(under_test.late, expected.late) == "");
  }
}

} // namespace

TEST_CASE("a sum in windows is that of a recomputation, whatever the disorder and the failures") {
  check_windows<event>(
      &event::key, [](auto windowed) { windowed.sum(&event::n); }, &added_up);
}

TEST_CASE("the least in windows is that of a recomputation, whatever the disorder and the failures") {
  check_windows<event>(
      &event::key, [](auto windowed) { windowed.min(&event::n); },
      [](const window&, kept_records& records) -> std::vector<std::string> {
        auto least = std::ranges::min_element(records, {}, [](const auto& each) { return each.of.n; });
        return {text_of(records.front().of.key, least->of.n)};
      });
}

TEST_CASE("an aggregate in windows is that of a recomputation, whatever the disorder and the failures") {
  check_windows<event>(
      &event::key, [](auto windowed) { windowed.aggregate(greatest_and_count{}); },
      [](const window&, kept_records& records) -> std::vector<std::string> {
        auto greatest = std::ranges::max_element(records, {}, [](const auto& each) { return each.of.n; });
        return {std::to_string(greatest->of.n) + '\t' + std::to_string(records.size())};
      });
}

TEST_CASE("an aggregate that can be taken back, with a function that sees the window, gives what a "
          "recomputation gives") {
  check_windows<event>(
      &event::key,
      [](auto windowed) {
        windowed.template aggregate<event>(sum_and_count{},
                                           [](std::uint64_t key, const window& of, std::int64_t result,
                                              auto& out) { out.emit(key, of.start * 1'000'000 + result); });
      },
      [](const window& of, kept_records& records) -> std::vector<std::string> {
        auto result = total(records) * 1000 + static_cast<std::int64_t>(records.size());
        return {text_of(records.front().of.key, of.start * 1'000'000 + result)};
      });
}

TEST_CASE("a function that sees all records of a window sees those of a recomputation, whatever the disorder "
          "and the failures") {
  check_windows<event>(
      &event::key,
      [](auto windowed) {
        windowed.template process<event>(
            [](std::uint64_t key, const window& of, const std::vector<event>& records, auto& out) {
              for (const event& each : records)
                out.emit(key, each.n * 1000 + of.end - of.start);
            });
      },
      [](const window& of, kept_records& records) {
        std::vector<std::string> texts;
        for (const auto& each : records)
          texts.push_back(text_of(each.of.key, each.of.n * 1000 + of.end - of.start));
        return texts;
      });
}

TEST_CASE("a sum by a key that is a string is that of a recomputation, whatever the disorder and the "
          "failures") {
  check_windows<named>(
      &named::name, [](auto windowed) { windowed.sum(&named::n); },
      [](const window&, kept_records& records) -> std::vector<std::string> {
        return {name_of(records.front().of.key) + '\t' + std::to_string(total(records))};
      },
      play_as<named>(
          [](const event& of) {
            return named{name_of(of.key), of.n};
          },
          [](const named& of) { return of.name; }));
}

TEST_CASE("windows keep the texts of records that they reduce, whatever the disorder and the failures") {
  check_windows<labeled>(
      &labeled::key,
      [](auto windowed) {
        windowed.reduce([](const labeled& a, const labeled& b) {
          return labeled{a.key, std::max(a.label, b.label), a.n + b.n};
        });
      },
      [](const window&, kept_records& records) -> std::vector<std::string> {
        std::string_view label;
        for (const auto& each : records)
          label = std::max(label, label_of(each.of.n));
        return {std::to_string(records.front().of.key) + '\t' + std::string{label} + '\t' +
                std::to_string(total(records))};
      },
      play_as<labeled>(
          [](const event& of) {
            return labeled{of.key, weir::text{label_of(of.n)}, of.n};
          },
          [](const labeled& of) { return of.key; }));
}
