#include "manual_states.hpp"

#include <weir/detail/keyed.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/state.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

using namespace weir::detail;

namespace {

struct labelled {
  std::uint64_t key;
  weir::text label;
};
using labelled_key = member_key<labelled, std::uint64_t>;

template <class Entry>
table_state<Entry> make_state(Entry entry) {
  return {state_type{"labels", state_kind::reducing, "u64", "", "text", {}}, entry, state_place{0, 127, 128}};
}

template <class Entry>
void check_labels(table_state<Entry>& state) {
  std::string label;
  auto round_label = [](std::uint64_t round) {
    return std::string(500, static_cast<char>('a' + round % 26)) + std::to_string(round);
  };
  for (std::uint64_t round = 0; round < 20'000; ++round) {
    std::uint64_t key = round % 10;
    label = round_label(round);
    labelled record{key, weir::text{label}};
    auto [at, fresh] = state.find_or_make(key, hash_key(key), hash_key(key), [&] { return record; });
    if (!fresh)
      state.change_texts(*at, [&](labelled& old) { old = record; });
    label.assign(label.size(), '?'); // the batch it came in is gone
  }
  std::vector<std::string> labels(10);
  state.visit(0, 10, [&](labelled& each) { labels[each.key] = each.label.str(); });
  for (std::uint64_t key = 0; key < 10; ++key)
    CHECK(labels[key] == round_label(19'990 + key));
}

} // namespace

TEST_CASE("replaced texts do not pile up in a table") {
  auto state = make_state(inside_key<labelled, labelled_key>{labelled_key{&labelled::key}});
  check_labels(state);
  CHECK(state.memory() < 128 * 1024);
}

TEST_CASE("a text outlives its replacement while a cut may read it") {
  auto state = make_state(inside_key<labelled, labelled_key>{labelled_key{&labelled::key}});
  std::string first(100, 'f'), second(100, 's');
  auto put = [&](const std::string& label) {
    auto [at, fresh] = state.find_or_make(std::uint64_t{7}, hash_key(7), hash_key(7), [&] {
      return labelled{7, weir::text{label}};
    });
    if (!fresh)
      state.change_texts(*at, [&](labelled& old) { old.label = weir::text{label}; });
  };
  put(first);
  auto cut = state.freeze(1, cut_kind::full);
  put(second);
  put(second);
  state_block block;
  REQUIRE(cut->next(block));
  CHECK(block.entries == 1);
  std::string_view values = block.values.view();
  CHECK(values.find(first) != std::string_view::npos);
  CHECK_FALSE(cut->next(block));
}

TEST_CASE("what a cut has held is freed a part at a time when it has ended") {
  manual_states backend;
  keyed_states<std::uint64_t> states{backend, [] { return 0; }};
  auto values = states.make(weir::value<std::string>("values"));
  auto& table = *backend.added.at("values");
  constexpr std::uint64_t keys = 40'000;
  auto write = [&](std::size_t size) {
    for (std::uint64_t key = 0; key < keys; ++key) {
      states.select(key, hash_key(key));
      values.set(std::string(size, 'v'));
    }
    states.deselect();
  };
  write(100);
  auto cut = table.freeze(1, cut_kind::full);
  auto before = table.memory();
  write(100);
  auto held = table.memory();
  CHECK(held > before + keys * 100);
  cut = nullptr;
  states.tend();
  CHECK(table.memory() > before + keys * 40); // most of them are held still
  for (int i = 0; i < 100; ++i)
    states.tend();
  CHECK(table.memory() < before + before / 4);
  for (std::uint64_t key = 0; key < keys; ++key) {
    states.select(key, hash_key(key));
    REQUIRE(*values.get() == std::string(100, 'v'));
  }
}

TEST_CASE("a value that is changed in place is what every other look at its state finds") {
  struct label {
    std::string text;
    std::int64_t count = 0;
  };
  manual_states backend;
  keyed_states<std::uint64_t> states{backend, [] { return 0; }};
  auto value = states.make(weir::value<label>("value"));
  auto map = states.make(weir::map<std::int64_t, label>("map"));
  std::uint64_t key = 1, other = 2;
  states.select(key, hash_key(key));
  label& changed = value.change();
  changed.text.assign(50, 'a');
  changed.count = 3;
  states.select(other, hash_key(other));
  CHECK(value.get() == nullptr);
  states.select(key, hash_key(key));
  CHECK(value.get()->text == std::string(50, 'a'));

  map.change(7).text = std::string(70, 'b');
  int seen = 0;
  map.for_each([&](std::int64_t, const label& each) { seen += each.text == std::string(70, 'b'); });
  CHECK(seen == 1);
  map.change(7).count = 9;
  auto cut = backend.added.at("map")->freeze(1, cut_kind::full);
  map.change(7).count = 10;
  state_block block;
  REQUIRE(cut->next(block));
  std::string_view bytes;
  REQUIRE(column_reader{block.values}.next(bytes));
  label read;
  REQUIRE(read_state_value(bytes, read) == nullptr);
  CHECK(read.count == 9);
  cut = nullptr;
  map.change(8).count = 1;
  map.clear();
  CHECK(map.empty());
}
