#pragma once

#include <weir/detail/state/table_state.hpp>
#include <weir/detail/timer_queue.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Timers that need no more than their time and key.
struct no_namespace {
  bool operator==(const no_namespace&) const = default;
};

/// What tells a timer from others.
template <class Key, class N>
struct timer_identity {
  const Key& key;
  event_time time;
  const N& name;
};

template <class A, class B, class N>
[[gnu::always_inline]] inline bool operator==(const timer_identity<A, N>& a, const timer_identity<B, N>& b) {
  return a.time == b.time && a.key == b.key && a.name == b.name;
}

/// The timer of some time that has a hash: of all with that hash, which are nearly always one.
struct due_timer {
  event_time time;
};

template <class A, class N>
bool operator==(const timer_identity<A, N>& a, const due_timer& b) {
  return a.time == b.time;
}

/// A timer as a table holds it. Its bytes are [key][time][namespace], all of them ordered.
template <class K, class N>
struct timer_entry {
  static constexpr bool named = !std::is_same_v<N, no_namespace>;

  struct record {
    stored_key_t<K> key;
    event_time time;
    [[no_unique_address]] N name;
    bool value;
  };
  static constexpr bool spread_by_key = false;
  static constexpr bool listed = true;
  static constexpr bool allocates = can_allocate<stored_key_t<K>>() || can_allocate<N>();

  static std::size_t heap(const record& of) { return heap_bytes(of.key) + heap_bytes(of.name); }

  static std::uint64_t hash(std::uint64_t key_hash, event_time time, const N& name) {
    std::uint64_t hash = hash_combine(key_hash, static_cast<std::uint64_t>(time));
    if constexpr (named)
      hash = hash_combine(hash, hash_key(name));
    return hash;
  }

  static record make(const auto& timer) { return {stored_key_t<K>(timer.key), timer.time, timer.name, true}; }
  static void write_lookup(auto& to, const auto& timer) {
    append_ordered(to, timer.key);
    append_ordered(to, timer.time);
    if constexpr (named)
      append_ordered(to, timer.name);
  }

  timer_identity<stored_key_t<K>, N> key(const record& of) const { return {of.key, of.time, of.name}; }
  std::uint64_t hash(const record& of) const { return hash(hash_key(of.key), of.time, of.name); }
  std::uint64_t group_hash(const record& of, std::uint64_t) const { return hash_key(of.key); }
  void write_key(auto& to, const record& of) const { write_lookup(to, of); }
  template <class Record>
  static auto& value(Record& of) {
    return of.value;
  }
  bool read_key(byte_reader& from, record& to) const {
    bool read = read_ordered(from, to.key) && read_ordered(from, to.time);
    if constexpr (named)
      read = read && read_ordered(from, to.name);
    return read;
  }
};

/// The timers of one operator in one subtask, of one kind of time: each once per time, key and namespace,
/// fired in the order of their times. All of them are in memory, also with the leveldb backend, where they
/// are counted as memory of the state.
template <class K, class N = no_namespace>
class timer_table final : public table_state<timer_entry<K, N>> {
  using entry = timer_entry<K, N>;
  using base = table_state<entry>;
  using record = typename entry::record;

public:
  /// `kind` is event_timers or processing_timers. The caller adds it to `states`.
  timer_table(operator_states& states, state_kind kind)
      : base{describe(kind), entry{},
             state_place{states.first_key_group(), states.last_key_group(), states.max_parallelism()}} {}

  /// False when it is there already. `key_hash` is hash_key(key).
  bool add(const K& key, std::uint64_t key_hash, event_time time, const N& name = {}) {
    std::uint64_t hash = entry::hash(key_hash, time, name);
    timer_identity<K, N> timer{key, time, name};
    return this->find_or_make(timer, hash, key_hash, [&] { return entry::make(timer); }).second;
  }

  /// False when it was not there.
  bool remove(const K& key, std::uint64_t key_hash, event_time time, const N& name = {}) {
    bool was_there =
        this->erase(timer_identity<K, N>{key, time, name}, entry::hash(key_hash, time, name), key_hash);
    if (was_there)
      sweep();
    return was_there;
  }

  /// When the next one is due.
  std::optional<event_time> next() {
    while (!queue_.empty() && !alive(queue_.top()))
      queue_.pop();
    return queue_.empty() ? std::nullopt : std::optional{queue_.top().time};
  }

  /// Takes the next timer that is due at `now` and calls `f(key, key_hash, time, namespace)`, which may add
  /// and remove timers. False when there is none.
  template <class F>
  bool fire(event_time now, F&& f) {
    while (!queue_.empty() && queue_.top().time <= now) {
      record* due = alive(queue_.top());
      queue_.pop();
      if (!due)
        continue;
      std::uint64_t key_hash = hash_key(due->key);
      event_time time = due->time;
      N name = due->name;
      K key = keep(due->key);
      this->erase(*due);
      f(std::as_const(key), key_hash, time, std::as_const(name));
      return true;
    }
    return false;
  }

protected:
  void on_added(record& of) override { queue_.push({of.time, this->memory_table().hash_of(of)}); }
  void on_leaving(record&) override {}
  [[nodiscard]] std::uint64_t list_memory() const override { return queue_.memory(); }

private:
  static state_type describe(state_kind kind) {
    std::string user_key = type_name<event_time>();
    if constexpr (entry::named)
      user_key += " " + key_type_name<N>();
    return {kind == state_kind::event_timers ? "weir.event_timers" : "weir.processing_timers",
            kind,
            key_type_name<K>(),
            std::move(user_key),
            type_name<bool>(),
            {}};
  }

  record* alive(const timer_queue::entry& of) {
    return this->memory_table().peek(due_timer{of.time}, of.hash);
  }

  void sweep() {
    queue_.sweep(this->entries(), [this](const timer_queue::entry& each) { return !alive(each); });
  }

  /// A text of the table is gone with its timer, so its bytes are copied.
  K keep(const stored_key_t<K>& key) {
    if constexpr (std::is_same_v<stored_key_t<K>, weir::text>) {
      kept_.assign(key.data(), key.size());
      return K(kept_);
    } else {
      return key;
    }
  }

  timer_queue queue_;
  std::string kept_;
};

} // namespace weir::detail
