#pragma once

#include <weir/detail/state/cells.hpp>
#include <weir/detail/state/current_key.hpp>
#include <weir/detail/state/table_state.hpp>

#include <cstdint>
#include <utility>

namespace weir::detail {

/// The type of a state as snapshots record it.
template <class K, class V>
state_type describe_state(const auto& state, state_kind kind, std::string user_key = {}) {
  return {state.name(), kind, key_type_name<K>(), std::move(user_key), type_name<V>(), state.expires()};
}

/// One value per key, in a table: a value state, or a reducing one.
template <class K, class V, class Reduce>
class table_value final : public value_cell<V> {
public:
  using entry = value_entry<K, stored_value_t<V>>;
  using state = table_state<entry>;

  table_value(state_type type, state_place place, const current_key<K>& current, Reduce reduce)
      : state_{std::move(type), {}, std::move(place)}, current_{current}, reduce_{std::move(reduce)} {}

  const V* find() override {
    const K& key = current();
    auto* found = state_.read(key, current_.hash(), current_.hash());
    return found ? &state_.value_of(*found) : nullptr;
  }
  V& make() override {
    const K& key = current();
    if (auto* found = state_.find_quickly(key, current_.hash())) [[likely]]
      return state_.change_value(*found);
    return make_slowly();
  }
  void set(V&& value) override {
    auto [at, fresh] = make_record([&]() -> V&& { return std::move(value); });
    if (!fresh)
      state_.set_value(*at, std::move(value));
  }
  void add(const V& value) override {
    const K& key = current();
    if (auto* found = state_.find_quickly(key, current_.hash())) [[likely]] {
      V& so_far = state_.change_value(*found);
      so_far = reduce_(std::as_const(so_far), value);
    } else {
      add_slowly(value);
    }
  }
  void erase() override {
    const K& key = current();
    state_.erase(key, current_.hash(), current_.hash());
  }

  state& keyed() { return state_; }

private:
  [[gnu::always_inline]] const K& current() const { return current_.get(state_.type().name); }

  // Apart, so that the common case has no registers to save.
  [[gnu::noinline]] V& make_slowly() {
    return state_.change_value(*make_record([] { return V{}; }).first);
  }
  [[gnu::noinline]] void add_slowly(const V& value) {
    auto [at, fresh] = make_record([&]() -> const V& { return value; });
    if (fresh)
      return;
    V& so_far = state_.change_value(*at);
    so_far = reduce_(std::as_const(so_far), value);
  }

  template <class Make>
  [[gnu::always_inline]] auto make_record(Make&& make) {
    const K& key = current();
    return state_.find_or_make(key, current_.hash(), current_.hash(), [&] {
      return typename entry::record{stored_key_t<K>(key), state_.to_stored(make())};
    });
  }

  state state_;
  const current_key<K>& current_;
  Reduce reduce_;
};

template <class K, class In, class Acc, class Out, class Aggregate>
class table_aggregate final : public aggregate_cell<In, Out> {
public:
  using entry = value_entry<K, stored_value_t<Acc>>;
  using state = table_state<entry>;

  table_aggregate(state_type type, state_place place, const current_key<K>& current, Aggregate aggregate)
      : state_{std::move(type), {}, std::move(place)}, current_{current}, aggregate_{std::move(aggregate)} {}

  void add(const In& value) override {
    const K& key = current_.get(state_.type().name);
    auto made = state_.find_or_make(key, current_.hash(), current_.hash(), [&] {
      if constexpr (requires { aggregate_.create(); })
        return typename entry::record{stored_key_t<K>(key), state_.to_stored(aggregate_.create())};
      else
        return typename entry::record{stored_key_t<K>(key), state_.to_stored(Acc{})};
    });
    aggregate_.add(state_.change_value(*made.first), value);
  }
  void result(function_ref<void(Out&&)> f) override {
    const K& key = current_.get(state_.type().name);
    if (auto* found = state_.read(key, current_.hash(), current_.hash()))
      f(aggregate_.result(state_.value_of(*found)));
  }
  void erase() override {
    const K& key = current_.get(state_.type().name);
    state_.erase(key, current_.hash(), current_.hash());
  }

  state& keyed() { return state_; }

private:
  state state_;
  const current_key<K>& current_;
  Aggregate aggregate_;
};

} // namespace weir::detail
