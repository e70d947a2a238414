#include "manual_states.hpp"

#include <weir/detail/keyed.hpp>

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
  std::string values{block.values.data(), block.values.size()};
  CHECK(values.find(first) != std::string::npos);
  CHECK_FALSE(cut->next(block));
}
