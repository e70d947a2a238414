#pragma once

#include <weir/detail/windows/pane_grid.hpp>
#include <weir/detail/windows/pane_state.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace weir::detail {

/// The result of a window, by key, for folds without an inverse: panes are merged to pairs, pairs to fours
/// and so on, each once, so that a window is the merge of few tables.
///
///     panes      0 1 2 3 4 5 6 7
///     merged     ├─┤ ├─┤ ├─┤ ├─┤
///                ├─────┤ ├─────┤
///     window [1, 7) is 1, 2-3, 4-5, 6
template <class Fold>
class merged_window {
public:
  merged_window(Fold& fold, pane_state<Fold>& state, const pane_grid& grid)
      : fold_{fold}, state_{state}, grid_{grid} {}

  /// Begins with the window that starts there.
  void start(event_time window) {
    std::int64_t first = grid_.number_of(window);
    forget_before(first);
    cover_ = cover(first, first + grid_.size() / grid_.pane());
    for (node_id node : cover_)
      plan(node);
  }

  /// Does a bounded part of the work. Returns true when result() is there.
  bool prepare(std::size_t limit) {
    if (result_)
      return true;
    if (!merging_ && !begin_merge())
      return true;
    if (!merger_.step(fold_, limit))
      return false;
    end_merge();
    return result_ != nullptr;
  }

  /// Calls `visit(entry)` as pane_table::visit does.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) {
    return result_->visit(from, limit, [&](const auto& entry, std::uint64_t) { visit(entry); });
  }
  [[nodiscard]] std::size_t end() const { return result_->end(); }

  /// All of the result is there at once.
  static bool next_part() { return false; }

  /// The window was read. Returns true when all is done.
  bool finish(std::size_t) {
    if (own_result_)
      state_.give_back(std::move(result_));
    result_.reset();
    return true;
  }

  /// A record was added to a pane that has been in a window already.
  void changed(event_time pane, const auto&, std::uint64_t, const auto&, bool) {
    std::int64_t number = grid_.number_of(pane);
    for (int level = 1; level < 63 && (std::int64_t{1} << level) <= grid_.size() / grid_.pane(); ++level)
      nodes_.erase({level, number >> level});
  }

  /// Gives up what is kept for windows to come, and the one that is being prepared.
  void reset() {
    nodes_.clear();
    to_merge_.clear();
    next_ = 0;
    merger_.take();
    merging_ = false;
    result_.reset();
  }

  /// Of what was merged.
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = merger_.bytes() + (result_ && own_result_ ? result_->bytes() : 0);
    for (const auto& [id, table] : nodes_)
      if (table && is_sole_owner(table)) // else it is a pane's
        sum += table->bytes();
    return sum;
  }

private:
  /// Panes [number << level, (number + 1) << level).
  struct node_id {
    int level;
    std::int64_t number;
    auto operator<=>(const node_id&) const = default;
  };
  using tables = std::vector<table_ptr<Fold>>;

  /// The fewest nodes that are the panes [from, to).
  static std::vector<node_id> cover(std::int64_t from, std::int64_t to) {
    std::vector<node_id> found;
    while (from < to) {
      int aligned = from == 0 ? 62 : std::countr_zero(static_cast<std::uint64_t>(from));
      int fitting = std::bit_width(static_cast<std::uint64_t>(to - from)) - 1;
      int level = std::min(aligned, fitting);
      found.push_back({level, from >> level});
      from += std::int64_t{1} << level;
    }
    return found;
  }

  /// Nodes that no later window has.
  void forget_before(std::int64_t pane) {
    std::erase_if(nodes_, [&](const auto& node) { return node.first.number << node.first.level < pane; });
  }

  /// Puts the node and what it is made of on the list of those to be merged, parts first.
  void plan(node_id node) {
    if (node.level == 0 || nodes_.contains(node))
      return;
    plan({node.level - 1, 2 * node.number});
    plan({node.level - 1, 2 * node.number + 1});
    to_merge_.push_back(node);
  }

  /// Adds the tables of a node, oldest first.
  void add_tables(node_id node, tables& to) const {
    if (node.level != 0) {
      if (const auto& table = nodes_.at(node))
        to.push_back(table);
    } else if (auto* pane = state_.find(grid_.at_number(node.number))) {
      for (auto& table : pane->tables())
        to.push_back(std::move(table));
    }
  }

  /// Returns false when the result is there without any.
  bool begin_merge() {
    tables from;
    while (next_ < to_merge_.size()) {
      node_id node = to_merge_[next_];
      add_tables({node.level - 1, 2 * node.number}, from);
      add_tables({node.level - 1, 2 * node.number + 1}, from);
      if (from.size() > 1)
        return begin_merge(std::move(from));
      nodes_[node] = from.empty() ? nullptr : std::move(from.front());
      from.clear();
      ++next_;
    }
    for (node_id node : cover_)
      add_tables(node, from);
    own_result_ = from.size() != 1;
    if (own_result_)
      return begin_merge(std::move(from));
    result_ = std::move(from.front());
    all_merged();
    return false;
  }

  bool begin_merge(tables from) {
    merger_.start(std::move(from), state_.make_table());
    return merging_ = true;
  }

  void end_merge() {
    merging_ = false;
    if (next_ < to_merge_.size()) {
      nodes_[to_merge_[next_++]] = merger_.take();
      return;
    }
    result_ = merger_.take();
    all_merged();
  }

  void all_merged() {
    to_merge_.clear();
    next_ = 0;
  }

  Fold& fold_;
  pane_state<Fold>& state_;
  pane_grid grid_;
  std::map<node_id, table_ptr<Fold>> nodes_; ///< nullptr: nothing is in its panes
  std::vector<node_id> cover_;
  std::vector<node_id> to_merge_;
  std::size_t next_ = 0;
  table_merger<Fold> merger_;
  bool merging_ = false;
  table_ptr<Fold> result_;
  bool own_result_ = false;
};

} // namespace weir::detail
