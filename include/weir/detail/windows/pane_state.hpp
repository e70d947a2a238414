#pragma once

#include <weir/detail/state.hpp>
#include <weir/detail/type_name.hpp>
#include <weir/detail/windows/cold_panes.hpp>
#include <weir/detail/windows/layer_merging.hpp>
#include <weir/detail/windows/pane_cut.hpp>
#include <weir/detail/windows/pane_layers.hpp>
#include <weir/detail/windows/pane_loader.hpp>
#include <weir/detail/windows/pane_writer.hpp>
#include <weir/detail/windows/table_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// The panes of one windows operator, as a keyed state: key and pane to accumulator.
///
/// With a cold store what is in memory is bounded: see pane_writer.hpp and pane_slices.hpp.
template <class Fold>
class pane_state final : public keyed_state {
public:
  using table = fold_table<Fold>;
  using slot = typename Fold::slot;

  pane_state(Fold& fold, operator_states& states, std::string name)
      : fold_{fold},
        states_{states},
        place_{states.first_key_group(), states.last_key_group(), states.max_parallelism()},
        type_{std::move(name),
              state_kind::window,
              type_name<typename Fold::key_type>(),
              type_name<event_time>(),
              type_name<typename Fold::accumulator_type>(),
              {}},
        tables_{place_.range(), fold_.make_slot_key()} {
    if (cold_store* store = states.cold(type_)) {
      cold_.emplace(*store, fold_, place_);
      writer_.emplace(*cold_, tables_);
      merging_.emplace(fold_, *cold_);
    }
  }

  [[nodiscard]] const state_type& type() const override { return type_; }

  /// The panes there are, by beginning.
  [[nodiscard]] const std::vector<std::unique_ptr<pane<Fold>>>& panes() const { return panes_; }

  /// nullptr when there is none.
  [[nodiscard]] pane<Fold>* find(event_time start) const {
    auto at = place_of(start);
    return at != panes_.end() && (*at)->start == start ? at->get() : nullptr;
  }

  pane<Fold>& find_or_make(event_time start) {
    auto at = place_of(start);
    if (at != panes_.end() && (*at)->start == start)
      return **at;
    // A new pane will have as many entries as the one before it.
    if (at != panes_.begin())
      expected_ = std::min((*std::prev(at))->active->size(), bytes_max() / 16 / sizeof(slot));
    auto made = std::make_unique<pane<Fold>>();
    made->start = start;
    made->active = make_table();
    return **panes_.insert(at, std::move(made));
  }

  /// Requires that the pane is there. Its keys are not written to snapshots any more.
  void drop(event_time start) {
    auto at = panes_.begin() + (place_of(start) - panes_.begin());
    std::unique_ptr<pane<Fold>> gone = std::move(*at);
    panes_.erase(at);
    if (bounded())
      leave(*gone);
    tables_.give_back(std::move(gone->active));
    std::erase_if(gone->sealed, [this](auto& layer) {
      bool in_cut = layer.sealed_at <= last_cut_;
      if (!in_cut)
        tables_.give_back(std::move(layer.table));
      return !in_cut;
    });
    if (!gone->sealed.empty() || gone->cold.begin_by(last_cut_))
      dropped_.push_back({std::move(gone), last_cut_});
    else if (cold_)
      cold_->forget(start, std::move(gone->cold));
  }

  /// No more records are to be expected for the pane: gives free places of its table back. Snapshots, and the
  /// order of what is merged, do not change.
  void pack(pane<Fold>& of) {
    if (of.active->size() < packed_min)
      return;
    auto full = std::exchange(of.active, tables_.make_small());
    of.sealed.push_back({tables_.pack(std::move(full)), last_cut_ + 1});
  }

  table_ptr<Fold> make_table() { return tables_.make(expected_); }
  void give_back(table_ptr<Fold> used) { tables_.give_back(std::move(used)); }

  /// Calls `f(entry)` for all there is of a key in a pane, oldest first. Texts are valid as long as `texts`
  /// keeps them.
  template <class F>
  void look_up(const pane<Fold>& of, const auto& key, std::uint64_t hash, arena& texts, F&& f) {
    if (cold_)
      cold_->look_up(of, key, hash, texts, f);
    of.each_table([&](const table& each) {
      if (const slot* found = each.look_up(key, hash))
        f(*found);
    });
  }

  std::unique_ptr<state_cut> freeze(std::uint64_t number, cut_kind what) override {
    std::uint64_t written = what == cut_kind::changes ? confirmed_ : 0;
    frozen_panes<Fold> frozen;
    bool cold = false;
    for (auto& each : panes_) {
      if (each->active->size() != 0)
        each->sealed.push_back({std::exchange(each->active, make_table()), number});
      auto parts = parts_of(*each, written);
      if (parts.written_before == parts.layers.size() && parts.cold_written_before == parts.cold.end())
        continue;
      cold = cold || !parts.cold.empty();
      frozen.open.push_back(std::move(parts));
    }
    if (what == cut_kind::changes)
      for (const dropped_pane& gone : dropped_) {
        frozen.dropped.push_back(parts_of(*gone.of, 0));
        cold = cold || !gone.of->cold.empty();
      }
    if (cold)
      frozen.cold = cold_->freeze();
    last_cut_ = number;
    return std::make_unique<pane_cut<Fold>>(fold_, place_, std::move(frozen), slice_bytes());
  }

  void confirm(std::uint64_t number) override {
    confirmed_ = number;
    std::erase_if(dropped_, [&](dropped_pane& gone) {
      bool done = gone.after_cut < number;
      if (done && bounded()) {
        leave(*gone.of);
        cold_->forget(gone.of->start, std::move(gone.of->cold));
      }
      return done;
    });
  }

  void abandon(std::uint64_t) override {}

  void expect(std::uint64_t) override {}

  std::string load(const state_block& from) override {
    if (from.key_group < place_.first_key_group || from.key_group > place_.last_key_group)
      return "key group " + std::to_string(from.key_group) + " does not belong to this subtask";
    if (!loader_)
      loader_.emplace(fold_, tables_, cold_ ? &*cold_ : nullptr);
    // At the end tables are made of what is in memory then, which are several times as large.
    const char* fault = loader_->load(from, bytes_max() / 8);
    return fault ? "the snapshot of windows cannot be read: " + std::string{fault} : std::string{};
  }

  /// After a restore: makes the panes.
  void settle() {
    if (!loader_)
      return;
    loader_->finish([this](event_time start, table_ptr<Fold> entries, cold_layers cold) {
      pane<Fold>& made = find_or_make(start);
      if (entries)
        made.active = std::move(entries);
      made.cold = std::move(cold);
    });
    loader_.reset();
    fit(0);
  }

  /// Is memory limited, so that there may be cold layers?
  [[nodiscard]] bool bounded() const { return cold_.has_value(); }

  /// With a limit, after so many records were added: writes to the store what is too much.
  void fit(std::size_t records) {
    if (!bounded())
      return;
    count_heap(records);
    writer_->fit(records, bytes_max(), last_cut_, [this](auto&& f) { each_pane(f); });
    for (std::size_t i = 0; i < panes_.size() && merging_->idle(); ++i)
      merging_->begin(*panes_[i]);
    merging_->step(pace * records);
    cold_->erase_some(pace * records);
  }
  /// Grows when something of a pane has left memory.
  [[nodiscard]] std::uint64_t layers_written() const { return writer_ ? writer_->layers_written() : 0; }

  /// Bytes that panes and what is merged of them may take.
  [[nodiscard]] std::size_t bytes_max() const {
    std::uint64_t budget =
        std::min<std::uint64_t>(states_.memory_budget(), std::numeric_limits<std::size_t>::max());
    return budget - budget / 8;
  }
  /// Bytes for merging panes with cold layers.
  [[nodiscard]] std::size_t slice_bytes() const { return bytes_max() / 8; }

  /// Is all of the panes [from, to) in memory?
  [[nodiscard]] bool in_memory(event_time from, event_time to) const {
    return std::ranges::all_of(place_of(from), place_of(to),
                               [](const auto& each) { return each->cold.empty(); });
  }

  /// What the panes [from, to) have, oldest first.
  [[nodiscard]] std::vector<pane_parts<Fold>> parts(event_time from, event_time to) const {
    std::vector<pane_parts<Fold>> all;
    for (auto at = place_of(from), end = place_of(to); at != end; ++at) {
      auto& added = all.emplace_back(parts_of(**at, 0));
      if ((*at)->active->size() != 0)
        added.layers.push_back((*at)->active);
    }
    return all;
  }
  /// What is in the store now; nullptr without one.
  [[nodiscard]] std::unique_ptr<cold_cursor> scan() { return cold_ ? cold_->scan() : nullptr; }

  [[nodiscard]] const pane_place& place() const { return place_; }

  [[nodiscard]] std::uint64_t memory() const override {
    std::uint64_t bytes = tables_.bytes() + (loader_ ? loader_->bytes() : 0);
    if (writer_)
      bytes += writer_->bytes_read_by_cut();
    each_pane(
        [&](const pane<Fold>& each) { each.each_table([&](const table& of) { bytes += of.bytes(); }); });
    return bytes;
  }

  [[nodiscard]] std::uint64_t entries() const override {
    std::uint64_t count = 0;
    for (const auto& each : panes_) {
      count += each->cold.entries();
      each->each_table([&](const table& of) { count += of.size(); });
    }
    return count;
  }

private:
  struct dropped_pane {
    std::unique_ptr<pane<Fold>> of;
    std::uint64_t after_cut; ///< cuts with a greater number lack it
  };

  /// Entries of the store that are looked at for each record that came: more than can be added meanwhile.
  static constexpr std::size_t pace = 8;
  static constexpr std::size_t packed_min = 64; ///< entries; less is not worth it

  auto place_of(event_time start) const {
    return std::ranges::lower_bound(panes_, start, {}, [](const auto& each) { return each->start; });
  }

  /// The pane is about to go.
  void leave(const pane<Fold>& gone) {
    writer_->leave(gone);
    merging_->leave(gone);
  }

  template <class F>
  void each_pane(F&& f) const {
    for (const auto& each : panes_)
      f(*each);
    for (const auto& gone : dropped_)
      f(*gone.of);
  }

  /// Sealed layers. `written`: number of the cut that what is read adds to, or 0.
  static pane_parts<Fold> parts_of(const pane<Fold>& of, std::uint64_t written) {
    pane_parts<Fold> parts;
    parts.start = of.start;
    parts.cold = of.cold;
    parts.cold_written_before = of.cold.first_after(written);
    for (const auto& layer : of.sealed) {
      parts.layers.push_back(layer.table);
      if (layer.sealed_at <= written)
        ++parts.written_before;
    }
    return parts;
  }

  /// What entries have allocated is counted again whenever a part as large as a quarter has come.
  void count_heap(std::size_t records) {
    if constexpr (table::allocates) {
      records_since_count_ += records;
      if (records_since_count_ < records_at_count_ / 4)
        return;
      records_at_count_ = 0;
      records_since_count_ = 0;
      each_pane([this](const pane<Fold>& each) {
        each.each_table([this](table& of) {
          of.count_heap();
          records_at_count_ += of.size();
        });
      });
    }
  }

  Fold& fold_;
  operator_states& states_;
  pane_place place_;
  state_type type_;
  table_pool<Fold> tables_;
  std::optional<cold_panes<Fold>> cold_;
  std::optional<pane_writer<Fold>> writer_;
  std::optional<layer_merging<Fold>> merging_;
  std::vector<std::unique_ptr<pane<Fold>>> panes_;
  std::size_t expected_ = 0; ///< entries of the next pane
  std::uint64_t last_cut_ = 0;
  std::uint64_t confirmed_ = 0;
  std::vector<dropped_pane> dropped_;
  std::optional<pane_loader<Fold>> loader_;
  std::size_t records_since_count_ = 0;
  std::size_t records_at_count_ = 0; ///< entries, when what they have allocated was counted
};

} // namespace weir::detail
