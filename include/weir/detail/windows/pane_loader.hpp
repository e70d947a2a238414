#pragma once

#include <weir/detail/ordered_bytes.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/windows/cold_panes.hpp>
#include <weir/detail/windows/pane_layers.hpp>
#include <weir/detail/windows/table_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// Panes that are being restored. Entries that come again replace what was there, as changes do, and only at
/// the end is it known how large a table must be. So entries are collected first; with a cold store all go
/// there when they have become too many.
template <class Fold>
class pane_loader {
  using slot = typename Fold::slot;
  using key_type = typename Fold::key_type;

public:
  /// `cold`: nullptr when there is no store.
  pane_loader(Fold& fold, table_pool<Fold>& tables, cold_panes<Fold>* cold)
      : fold_{fold}, tables_{tables}, cold_{cold} {}

  /// Returns what is wrong with the block, or nullptr.
  const char* load(const state_block& from, std::size_t bytes_max) {
    column_reader keys{from.keys}, values{from.values};
    std::string_view bytes;
    for (std::uint32_t i = 0; i < from.entries; ++i)
      if (!keys.next(bytes))
        return "there are fewer keys than entries";
    // Removed keys stand behind the entries, but come first: an entry of the same key is newer.
    for (std::uint32_t i = 0; i < from.removed; ++i) {
      if (!keys.next(bytes))
        return "there are fewer keys than removed entries";
      if (const char* fault = read_key(bytes))
        return fault;
      remove();
    }
    keys = column_reader{from.keys};
    for (std::uint32_t i = 0; i < from.entries; ++i) {
      if (!keys.next(bytes))
        return "there are fewer keys than entries";
      if (const char* fault = read_key(bytes))
        return fault;
      typename Fold::accumulator_type value{};
      if (!values.next(bytes))
        return "there are fewer values than entries";
      if (const char* fault = read_state_value(bytes, value, texts_))
        return fault;
      add(Fold::make_slot(std::move(key_), std::move(value)));
    }
    if (cold_) {
      if (bytes_ > bytes_max)
        write_all();
      cold_->flush();
    }
    return values.at_end() ? nullptr : "there are more values than entries";
  }

  /// At the end: calls `f(start, table, cold layers)` for all panes. The table is nullptr where there is
  /// none; only one of both has something.
  template <class F>
  void finish(F&& f) {
    for (auto& [start, pane] : panes_) {
      if (pane.written) {
        write(start, pane);
        pane.cold.complete(cold_layers::restored, 1);
      } else {
        settle(pane);
      }
      f(start, std::move(pane.table), std::move(pane.cold));
    }
    if (cold_)
      cold_->flush();
    panes_.clear();
    texts_.clear();
    bytes_ = 0;
  }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
  struct loaded_pane {
    std::vector<slot> entries; ///< newest last
    table_ptr<Fold> table;     ///< what came before them; there once something was removed
    cold_layers cold;
    bool written = false; ///< what came before the entries is in the store
  };

  const char* read_key(std::string_view bytes) {
    byte_reader reader{bytes.data(), bytes.data() + bytes.size(), &texts_};
    if (!read_ordered(reader, key_) || !read_ordered(reader, start_))
      return reader.fault;
    return reader.left() == 0 ? nullptr : "bytes follow the end of a key";
  }

  void add(slot entry) {
    loaded_pane& to = panes_[start_];
    bytes_ += sizeof(slot) + heap_bytes(entry);
    to.entries.push_back(std::move(entry));
  }

  /// Takes the key that was read out of its pane.
  void remove() {
    auto at = panes_.find(start_);
    if (at == panes_.end())
      return;
    loaded_pane& from = at->second;
    std::uint64_t hash = hash_key(key_);
    if (from.written) {
      write(start_, from);
      cold_->remove(key_, hash, start_, cold_layers::restored);
      return;
    }
    settle(from);
    if (from.table->look_up(key_, hash))
      from.table->erase(key_, hash);
  }

  /// Brings the entries into the table.
  void settle(loaded_pane& of) {
    if (!of.table)
      of.table = tables_.make_small();
    of.table->reserve(of.table->size() + of.entries.size());
    for (slot& entry : std::exchange(of.entries, {})) {
      auto [at, fresh] = of.table->find(fold_.key_of(entry), hash_key(fold_.key_of(entry)),
                                        [&]() -> slot&& { return std::move(entry); });
      if (!fresh) {
        *at = std::move(entry);
        of.table->adopt(*at);
      }
    }
  }

  void write_all() {
    for (auto& [start, pane] : panes_)
      write(start, pane);
    texts_.clear();
    bytes_ = 0;
  }

  void write(event_time start, loaded_pane& of) {
    auto write_one = [&](const slot& entry, std::uint64_t hash) {
      cold_->write(entry, hash, start, cold_layers::restored, of.cold);
    };
    if (of.table)
      of.table->visit(0, of.table->size(), write_one);
    of.table.reset();
    for (const slot& entry : std::exchange(of.entries, {}))
      write_one(entry, hash_key(fold_.key_of(entry)));
    of.written = true;
  }

  Fold& fold_;
  table_pool<Fold>& tables_;
  cold_panes<Fold>* cold_;
  std::map<event_time, loaded_pane> panes_;
  std::size_t bytes_ = 0; ///< of entries
  key_type key_{};
  event_time start_ = 0;
  arena texts_;
};

} // namespace weir::detail
