#pragma once

#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/windows/cold_batch.hpp>
#include <weir/detail/windows/cold_layers.hpp>
#include <weir/detail/windows/pane_layers.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// Reads an entry. What texts in it point to is kept by `texts`.
template <class Fold>
typename Fold::slot read_cold_entry(std::string_view key, std::string_view value, arena& texts) {
  byte_reader reader{key.data(), key.data() + key.size(), &texts};
  typename Fold::key_type key_read{};
  typename Fold::accumulator_type value_read{};
  const char* fault = nullptr;
  if (!read_ordered(reader, key_read))
    fault = reader.fault;
  else if (reader.left() != 0)
    fault = "bytes follow the end of a key";
  else
    fault = read_state_value(value, value_read, texts);
  if (fault)
    throw state_error{std::string{"the store of windows is corrupted: "} + fault};
  return Fold::make_slot(std::move(key_read), std::move(value_read));
}

/// Panes in a cold store: see cold_pane_key.hpp. What is in it of which pane is known by the pane.
template <class Fold>
class cold_panes {
public:
  using slot = typename Fold::slot;

  cold_panes(cold_store& store, const Fold& fold, const pane_place& place)
      : store_{store},
        fold_{fold},
        place_{place},
        groups_{place.last_key_group - place.first_key_group + 1} {}

  /// Writes an entry of a layer, now or with the next ones: see flush().
  void write(const slot& entry, std::uint64_t hash, event_time pane, std::uint32_t layer, cold_layers& of) {
    std::uint32_t group = key_group(hash, place_.max_parallelism);
    batch_.put(group, pane, hash, fold_.key_of(entry), layer, Fold::accumulator(entry));
    of.count(group - place_.first_key_group, groups_);
    flush_full();
  }

  /// Removes an entry of a layer, in the same way.
  void remove(const typename Fold::key_type& key, std::uint64_t hash, event_time pane, std::uint32_t layer) {
    batch_.remove(key_group(hash, place_.max_parallelism), pane, hash, key, layer);
    flush_full();
  }

  /// The same, of keys as the store has them.
  void remove(std::string_view key) {
    batch_.remove(key);
    flush_full();
  }
  void replace(std::string_view key, const typename Fold::accumulator_type& value) {
    batch_.put(key, value);
    flush_full();
  }

  void flush() { batch_.write(store_); }

  /// Calls `f(entry)` for what the complete layers of a pane have of a key, oldest first. Texts are valid as
  /// long as `texts` keeps them.
  template <class F>
  void look_up(const pane<Fold>& of, const auto& key, std::uint64_t hash, arena& texts, F&& f) {
    std::uint32_t group = key_group(hash, place_.max_parallelism);
    if (of.cold.empty() || !of.cold.has(group - place_.first_key_group))
      return;
    std::string from = cold_pane_key::from_place(group, of.start, cold_pane_key::place_of(hash));
    append_ordered(from, key);
    for (auto at = store_.scan(from, behind_prefix(from)); at->valid(); at->next())
      if (auto found = cold_pane_key::read(at->key()); found.layer < of.cold.end())
        f(read_cold_entry<Fold>(found.key, at->value(), texts));
  }

  /// What there is of a pane's key group, which counts from the first; from a key on, or empty.
  std::unique_ptr<cold_cursor> scan(const pane<Fold>& of, std::uint32_t group, const std::string& from) {
    return scan(of.start, group, from);
  }
  [[nodiscard]] std::uint32_t groups() const { return groups_; }

  /// Everything as it is now, for the task's thread.
  std::unique_ptr<cold_cursor> scan() { return store_.scan({}, {}); }
  /// The same for another thread.
  std::unique_ptr<cold_cursor> freeze() { return store_.freeze(); }

  /// The pane is gone: erase_some() takes its entries away.
  void forget(event_time pane, cold_layers of) { forgotten_.push_back({pane, std::move(of), 0, {}}); }

  /// Erases up to so many entries of what was forgotten.
  void erase_some(std::size_t limit) {
    for (; limit > 0 && !forgotten_.empty(); forgotten_.pop_front()) {
      forgotten_pane& gone = forgotten_.front();
      for (; gone.group < groups_; ++gone.group, gone.from.clear())
        if (gone.layers.has(gone.group) && !erase(gone, limit))
          return;
    }
  }

private:
  struct forgotten_pane {
    event_time pane;
    cold_layers layers;
    std::uint32_t group; ///< counted from the first; those before it are erased
    std::string from;    ///< where to go on in it; empty: where it begins
  };

  std::unique_ptr<cold_cursor> scan(event_time pane, std::uint32_t group, const std::string& from) {
    std::string all = cold_pane_key::of_pane(place_.first_key_group + group, pane);
    return store_.scan(from.empty() ? all : from, behind_prefix(all));
  }

  void flush_full() {
    if (batch_.size() >= cold_batch::size_wanted)
      flush();
  }

  /// Erases what the pane has of its next key group. False when the limit was too small.
  bool erase(forgotten_pane& of, std::size_t& limit) {
    auto at = scan(of.pane, of.group, of.from);
    for (; at->valid() && limit > 0; at->next(), --limit)
      remove(at->key());
    bool done = !at->valid();
    if (!done)
      of.from = at->key();
    flush();
    return done;
  }

  cold_store& store_;
  const Fold& fold_;
  pane_place place_;
  std::uint32_t groups_;
  cold_batch batch_;
  std::deque<forgotten_pane> forgotten_;
};

} // namespace weir::detail
