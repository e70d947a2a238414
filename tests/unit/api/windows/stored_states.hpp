#pragma once

#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace windows_test {

using namespace weir::detail;

/// What snapshots hold, twice: as entries by key group and key, and as the blocks that were written, which
/// are those of a full snapshot and of changes behind it.
struct stored_states {
  using entries = std::map<std::pair<std::uint32_t, std::string>, std::string>;

  std::map<std::string, entries> keyed;
  std::map<std::string, std::vector<state_block>> blocks;
  std::map<std::string, std::vector<std::string>> elements;

  /// Adds what a cut has.
  void apply(const std::string& state, state_cut& cut) {
    entries& to = keyed[state];
    auto& written = blocks[state];
    state_block block;
    while (cut.next(block)) {
      column_reader keys{block.keys}, values{block.values};
      std::string_view key, value;
      for (std::uint32_t i = 0; i < block.entries && keys.next(key) && values.next(value); ++i)
        to[{block.key_group, std::string{key}}] = value;
      for (std::uint32_t i = 0; i < block.removed && keys.next(key); ++i)
        to.erase({block.key_group, std::string{key}});
      if (!keys.at_end() || !values.at_end())
        throw std::logic_error{"a block is not what it says"};
      written.push_back(block);
      block.clear();
    }
  }

  /// Begins with a new full snapshot.
  void clear() {
    keyed.clear();
    blocks.clear();
    elements.clear();
  }

  /// The blocks of the key groups [first, last]: those that were written, or with each key once.
  [[nodiscard]] std::vector<state_block> restored(const std::string& state, std::uint32_t first,
                                                  std::uint32_t last, bool as_written) const {
    std::vector<state_block> found;
    if (as_written) {
      for (const state_block& each : blocks.at(state))
        if (each.key_group >= first && each.key_group <= last)
          found.push_back(each);
      return found;
    }
    for (const auto& [key, value] : keyed.at(state)) {
      if (key.first < first || key.first > last)
        continue;
      if (found.empty() || found.back().key_group != key.first)
        found.emplace_back().key_group = key.first;
      ++found.back().entries;
      append_to_column(found.back().keys, key.second);
      append_to_column(found.back().values, value);
    }
    return found;
  }
};

} // namespace windows_test
