#pragma once

#include <weir/detail/bytes.hpp>
#include <weir/detail/state/change_log.hpp>
#include <weir/detail/state/table_reader.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// What of a cold store belongs to a cut: everything that the table did not have and that was not removed.
struct cold_cut {
  std::unique_ptr<cold_cursor> entries;
  std::set<std::string, std::less<>> removed;
};

/// A cut of a table_state: what has left the table, the table, what was never in it.
template <class Entry>
class table_state_cut final : public state_cut {
public:
  struct left {
    std::vector<std::shared_ptr<const change_log>> logs;
    bool with_entries = false;
  };

  table_state_cut(left gone, table_reader<Entry> reader, cold_cut cold, bool expires, std::int64_t now_ms)
      : gone_{std::move(gone)},
        reader_{std::move(reader)},
        cold_{std::move(cold)},
        expires_{expires},
        now_ms_{now_ms} {
    if (cold_.entries)
      reader_.note_keys(&cached_);
  }

  bool next(state_block& to) override {
    while (!blocks_.take(to))
      if (!read_some())
        return false;
    return true;
  }

private:
  bool read_some() {
    switch (step_) {
    case step::gone:
      change_log::write(gone_.logs, gone_.with_entries, blocks_);
      gone_.logs.clear();
      step_ = step::table;
      return true;
    case step::table:
      for (int segments = 0; segments < 64; ++segments)
        if (!reader_.read_some(blocks_)) {
          reader_.finish();
          std::ranges::sort(cached_);
          step_ = step::cold;
          break;
        }
      return true;
    case step::cold:
      if (cold_.entries && read_cold())
        return true;
      cold_.entries = nullptr;
      blocks_.close_all();
      step_ = step::end;
      return true;
    case step::end:
      return false;
    }
    return false;
  }

  bool read_cold() {
    for (int entries = 0; entries < 1024; ++entries, cold_.entries->next()) {
      if (!cold_.entries->valid())
        return false;
      std::string_view key = cold_.entries->key(), value = cold_.entries->value();
      if (key.size() < 2 || cold_.removed.contains(key) || is_expired(value))
        continue;
      std::uint32_t group = static_cast<unsigned char>(key[0]) << 8 | static_cast<unsigned char>(key[1]);
      key.remove_prefix(2);
      if (std::ranges::binary_search(cached_, wide_hash(key)))
        continue;
      state_block& block = blocks_.of(group);
      std::size_t before = block.size();
      append_to_column(block.keys, key);
      append_to_column(block.values, value);
      ++block.entries;
      blocks_.added(block.size() - before);
    }
    return true;
  }

  [[nodiscard]] bool is_expired(std::string_view value) const {
    if (!expires_ || value.size() < 8)
      return false;
    auto expires = static_cast<std::int64_t>(load_8(value.data()));
    return expires != 0 && expires <= now_ms_;
  }

  enum class step { gone, table, cold, end } step_ = step::gone;
  open_blocks blocks_;
  left gone_;
  table_reader<Entry> reader_;
  cold_cut cold_;
  std::vector<wide_hash_value> cached_; ///< of the keys that the table had
  bool expires_;
  std::int64_t now_ms_;
};

} // namespace weir::detail
