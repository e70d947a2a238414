#pragma once

#include <weir/detail/state.hpp>
#include <weir/detail/type_name.hpp>
#include <weir/detail/windows/pane_cut.hpp>
#include <weir/detail/windows/pane_layers.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// The panes of one windows operator, as a keyed state: key and pane to accumulator.
template <class Fold>
class pane_state final : public keyed_state {
public:
  using table = fold_table<Fold>;
  using slot = typename Fold::slot;

  pane_state(Fold& fold, const operator_states& states, std::string name)
      : fold_{fold},
        first_key_group_{states.first_key_group()},
        last_key_group_{states.last_key_group()},
        max_parallelism_{states.max_parallelism()},
        range_{hash_range::of_groups(first_key_group_, last_key_group_, max_parallelism_)} {
    type_ = {std::move(name),
             state_kind::window,
             type_name<typename Fold::key_type>(),
             type_name<event_time>(),
             type_name<typename Fold::accumulator_type>(),
             {}};
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
      expected_ = (*std::prev(at))->active->size();
    auto made = std::make_unique<pane<Fold>>();
    made->start = start;
    made->active = make_table();
    return **panes_.insert(at, std::move(made));
  }

  /// Requires that the pane is there. Its keys are not written to snapshots any more.
  void drop(event_time start) {
    auto at = place_of(start);
    pane<Fold>& of = **at;
    dropped_pane gone{start, last_cut_, {}};
    for (auto& layer : of.sealed)
      if (layer.sealed_at <= last_cut_)
        gone.layers.push_back(std::move(layer.table));
      else
        give_back(std::move(layer.table));
    if (!gone.layers.empty())
      dropped_.push_back(std::move(gone));
    give_back(std::move(of.active));
    panes_.erase(at);
  }

  /// No more records are to be expected for the pane: gives free places of its table back. Snapshots, and the
  /// order of what is merged, do not change.
  void pack(pane<Fold>& of) {
    if (of.active->size() < packed_min)
      return;
    auto full = std::exchange(of.active, std::make_shared<table>(range_, fold_.make_slot_key()));
    of.sealed.push_back({full->pack(std::exchange(spare_packed_, nullptr)), last_cut_ + 1});
    give_back(std::move(full));
  }

  /// An empty table, in memory that was used before where there is some.
  table_ptr<Fold> make_table() {
    if (!spare_.empty()) {
      auto taken = std::move(spare_.back());
      spare_.pop_back();
      return taken;
    }
    auto made = std::make_shared<table>(range_, fold_.make_slot_key());
    made->reserve(expected_);
    return made;
  }

  void give_back(table_ptr<Fold> used) {
    if (used->packed()) {
      if (is_sole_owner(used))
        spare_packed_ = std::move(used);
      return;
    }
    if (!is_sole_owner(used) || spare_.size() == spare_max || used->bytes() > spare_bytes_max)
      return;
    used->clear();
    spare_.push_back(std::move(used));
  }

  std::unique_ptr<state_cut> freeze(std::uint64_t number, cut_kind what) override {
    std::vector<typename pane_cut<Fold>::frozen_pane> frozen;
    for (auto& each : panes_) {
      if (each->active->size() != 0) {
        each->sealed.push_back({std::move(each->active), number});
        each->active = make_table();
      }
      auto& added = frozen.emplace_back();
      added.start = each->start;
      for (const auto& layer : each->sealed) {
        added.layers.push_back(layer.table);
        if (what == cut_kind::changes && layer.sealed_at <= confirmed_)
          ++added.written_before;
      }
      if (added.written_before == added.layers.size())
        frozen.pop_back();
    }
    if (what == cut_kind::changes)
      for (const dropped_pane& gone : dropped_)
        frozen.push_back({gone.start, gone.layers, 0, true});
    last_cut_ = number;
    return std::make_unique<pane_cut<Fold>>(fold_, range_, first_key_group_, last_key_group_,
                                            max_parallelism_, std::move(frozen));
  }

  void confirm(std::uint64_t number) override {
    confirmed_ = number;
    std::erase_if(dropped_, [&](const dropped_pane& gone) { return gone.after_cut < number; });
  }

  void abandon(std::uint64_t) override {}

  void expect(std::uint64_t) override {}

  std::string load(const state_block& from) override {
    column_reader keys{from.keys}, values{from.values};
    std::string_view key_bytes, value_bytes;
    for (std::uint32_t i = 0; i < from.entries; ++i) {
      if (!keys.next(key_bytes) || !values.next(value_bytes))
        return "there are fewer entries than it says";
      byte_reader reader{key_bytes.data(), key_bytes.data() + key_bytes.size(), &texts_};
      typename Fold::key_type key{};
      event_time start = 0;
      if (!read_ordered(reader, key) || !read_ordered(reader, start) || reader.left() != 0)
        return "a key of a window is damaged";
      typename Fold::accumulator_type value{};
      if (const char* fault = read_state_value(value_bytes, value, texts_))
        return fault;
      loaded_[start].push_back(Fold::make_slot(std::move(key), std::move(value)));
    }
    return {};
  }

  /// After a restore: makes the tables, whose sizes are known now.
  void settle() {
    for (auto& [start, entries] : std::exchange(loaded_, {})) {
      table& to = *find_or_make(start).active;
      to.reserve(entries.size());
      for (slot& entry : entries)
        merge_entry(fold_, to, entry, hash_key(fold_.key_of(entry)));
    }
    texts_.clear();
  }

  [[nodiscard]] std::uint64_t memory() const override {
    std::uint64_t bytes = 0;
    for (const auto& each : panes_) {
      bytes += each->active->bytes();
      for (const auto& layer : each->sealed)
        bytes += layer.table->bytes();
    }
    for (const auto& table : spare_)
      bytes += table->bytes();
    for (const auto& gone : dropped_)
      for (const auto& table : gone.layers)
        bytes += table->bytes();
    return bytes;
  }

  [[nodiscard]] std::uint64_t entries() const override {
    std::uint64_t count = 0;
    for (const auto& each : panes_) {
      count += each->active->size();
      for (const auto& layer : each->sealed)
        count += layer.table->size();
    }
    return count;
  }

  [[nodiscard]] const hash_range& range() const { return range_; }

private:
  struct dropped_pane {
    event_time start;
    std::uint64_t after_cut; ///< cuts with a greater number lack it
    std::vector<table_ptr<Fold>> layers;
  };

  static constexpr std::size_t packed_min = 64; ///< entries; less is not worth it
  static constexpr std::size_t spare_max = 2;
  static constexpr std::size_t spare_bytes_max = 64 * 1024 * 1024; ///< clearing more would be a long pause

  auto place_of(event_time start) const {
    return std::ranges::lower_bound(panes_, start, {}, [](const auto& each) { return each->start; });
  }

  Fold& fold_;
  std::uint32_t first_key_group_;
  std::uint32_t last_key_group_;
  std::uint32_t max_parallelism_;
  hash_range range_;
  state_type type_;
  std::vector<std::unique_ptr<pane<Fold>>> panes_;
  std::vector<table_ptr<Fold>> spare_;
  table_ptr<Fold> spare_packed_;
  std::size_t expected_ = 0; ///< entries of the next pane
  std::uint64_t last_cut_ = 0;
  std::uint64_t confirmed_ = 0;
  std::vector<dropped_pane> dropped_;
  std::map<event_time, std::vector<slot>> loaded_;
  arena texts_; ///< of what is being loaded
};

} // namespace weir::detail
