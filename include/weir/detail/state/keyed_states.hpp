#pragma once

#include <weir/detail/state/list_cells.hpp>
#include <weir/detail/state/map_cells.hpp>
#include <weir/detail/state/value_cells.hpp>
#include <weir/state.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace weir::detail {

/// The keyed states of one operator in one subtask; `K` is the key as the records have it.
///
///   open:      make(descriptor), once per state
///   a batch:   prefetch(hashes); per record select(key, hash) and the user's function; deselect(); tend()
///   a timer:   select(key, hash), the user's function, deselect()
template <class K>
class keyed_states {
public:
  /// `wall_ms` gives processing time, for states that expire.
  keyed_states(operator_states& states, std::function<std::int64_t()> wall_ms)
      : states_{states}, wall_ms_{wall_ms} {}
  keyed_states(const keyed_states&) = delete;
  keyed_states& operator=(const keyed_states&) = delete;

  /// Opens a state, filled from the snapshot if the job began from one; only during open(). Throws
  /// std::invalid_argument for a second state of that name and for one that the snapshot has with another
  /// type. The handle is valid as long as this object.
  template <class T>
  value_state<T> make(const value_descriptor<T>& state) {
    auto first = [](const T& so_far, const T&) { return so_far; };
    return open<value_state<T>, table_value<K, T, decltype(first)>>(
        describe_state<K, T>(state, state_kind::value), first);
  }
  template <class T>
  list_state<T> make(const list_descriptor<T>& state) {
    return open<list_state<T>, table_list<K, T>>(describe_state<K, T>(state, state_kind::list));
  }
  template <class UK, class V>
  map_state<UK, V> make(const map_descriptor<UK, V>& state) {
    return open<map_state<UK, V>, table_map<K, UK, V>>(
        describe_state<K, V>(state, state_kind::map, key_type_name<UK>()));
  }
  template <class T, class F>
  reducing_state<T> make(const reducing_descriptor<T, F>& state) {
    return open<reducing_state<T>, table_value<K, T, F>>(describe_state<K, T>(state, state_kind::reducing),
                                                         state.function);
  }
  template <class In, class Acc, class Out, class Aggregate>
  aggregating_state<In, Out> make(const aggregating_descriptor<In, Acc, Out, Aggregate>& state) {
    return open<aggregating_state<In, Out>, table_aggregate<K, In, Acc, Out, Aggregate>>(
        describe_state<K, Acc>(state, state_kind::aggregating), state.aggregate);
  }

  /// A state of the operator that is not made here, whose memory counts for the budget: these have what it
  /// leaves.
  void leave_room_for(const keyed_state& other) { others_.push_back(&other); }

  /// All handles are about this key now; it lives until the next call of select or deselect.
  [[gnu::always_inline]] void select(const K& key, std::uint64_t hash) { current_.select(key, hash); }
  void deselect() { current_.deselect(); }
  [[nodiscard]] const current_key<K>& current() const { return current_; }

  /// The keys of these hashes will be selected soon.
  void prefetch(const std::uint64_t* hashes, std::uint32_t count) {
    for (const opened& each : opened_)
      if (each.prefetch)
        each.prefetch(*each.state, hashes, count);
  }

  /// Between two batches: grows tables, drops what has expired, writes back; a bounded amount of each.
  void tend() {
    share_budget();
    for (const opened& each : opened_)
      each.state->tend();
  }

private:
  struct opened {
    std::shared_ptr<void> cell;
    keyed_state* state;
    void (*prefetch)(keyed_state&, const std::uint64_t*, std::uint32_t);
    void (*set_budget)(keyed_state&, std::uint64_t);
  };

  template <class Handle, class Cell, class... Args>
  Handle open(state_type type, Args&&... args) {
    state_place place = state_place::of(states_, type, wall_ms_);
    auto cell =
        std::make_shared<Cell>(std::move(type), std::move(place), current_, std::forward<Args>(args)...);
    using state = typename Cell::state;
    opened made{cell, &cell->keyed(), nullptr,
                [](keyed_state& of, std::uint64_t bytes) { static_cast<state&>(of).set_budget(bytes); }};
    if constexpr (state::by_key)
      made.prefetch = [](keyed_state& of, const std::uint64_t* hashes, std::uint32_t count) {
        static_cast<state&>(of).prefetch(hashes, count);
      };
    opened_.push_back(made);
    share_budget();
    states_.add(*made.state);
    return Handle{cell.get()};
  }

  /// Each state may have what the others leave, but at least half of an even part.
  void share_budget() {
    std::uint64_t budget = states_.memory_budget();
    if (budget == std::numeric_limits<std::uint64_t>::max())
      return;
    std::uint64_t all = 0;
    for (const keyed_state* each : others_)
      all += each->memory();
    for (const opened& each : opened_)
      all += each.state->memory();
    for (const opened& each : opened_) {
      std::uint64_t others = all - each.state->memory();
      std::uint64_t left = budget > others ? budget - others : 0;
      each.set_budget(*each.state, std::max(left, budget / (2 * opened_.size())));
    }
  }

  operator_states& states_;
  std::function<std::int64_t()> wall_ms_;
  current_key<K> current_;
  std::vector<opened> opened_;
  std::vector<const keyed_state*> others_;
};

} // namespace weir::detail
