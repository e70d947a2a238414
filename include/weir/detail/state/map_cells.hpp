#pragma once

#include <weir/detail/state/value_cells.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// Entries of maps, with a list per key of those that are in memory.
template <class K, class UK, class V>
class map_table final : public table_state<map_entry<K, UK, stored_value_t<V>, true>> {
  using base = table_state<map_entry<K, UK, stored_value_t<V>, true>>;
  using list_entry = value_entry<K, std::vector<std::uint64_t>>;

public:
  using record = typename base::record;
  using base::base;

  /// The hashes of a key's entries, in the order of their positions; nullptr when there are none.
  const std::vector<std::uint64_t>* listed(const auto& key, std::uint64_t key_hash) {
    auto* found = lists_.peek(key, key_hash);
    return found ? &found->value : nullptr;
  }

  record* at(const auto& key, std::uint64_t hash, std::uint32_t position) {
    using key_type = std::remove_cvref_t<decltype(key)>;
    return this->memory_table().peek(listed_place<key_type>{key, position}, hash);
  }

  void tend() override {
    base::tend();
    lists_.tend();
  }

protected:
  void on_added(record& of) override {
    std::uint64_t key_hash = hash_key(of.key);
    auto [list, fresh] = lists_.find_or_make(of.key, key_hash, [&] {
      return typename list_entry::record{of.key, {}};
    });
    auto& hashes = list->value;
    of.position = static_cast<std::uint32_t>(hashes.size());
    std::size_t before = hashes.capacity();
    hashes.push_back(this->memory_table().hash_of(of));
    list_bytes_ += (hashes.capacity() - before) * sizeof(hashes[0]);
  }

  /// The last of the list takes its position.
  void on_leaving(record& of) override {
    std::uint64_t key_hash = hash_key(of.key);
    auto* list = lists_.peek(of.key, key_hash);
    auto& hashes = list->value;
    auto last = static_cast<std::uint32_t>(hashes.size() - 1);
    if (of.position != last) {
      record* moved = at(of.key, hashes[last], last);
      this->memory_table().touch(*moved);
      moved->position = of.position;
      hashes[of.position] = hashes[last];
    }
    hashes.pop_back();
    if (hashes.empty()) {
      list_bytes_ -= hashes.capacity() * sizeof(hashes[0]);
      lists_.erase(*list);
    }
  }

  [[nodiscard]] std::uint64_t list_memory() const override { return lists_.memory() + list_bytes_; }

private:
  state_table<list_entry> lists_{list_entry{}};
  std::uint64_t list_bytes_ = 0;
};

template <class K, class UK, class V>
class table_map final : public map_cell<UK, V> {
public:
  using entry = map_entry<K, UK, stored_value_t<V>, true>;
  using state = map_table<K, UK, V>;

  table_map(state_type type, state_place place, const current_key<K>& current)
      : state_{std::move(type), entry{}, std::move(place)}, current_{current} {}

  const V* find(const UK& key) override {
    auto pair = lookup(key);
    auto* found = state_.read(pair, hash_of(key), current_.hash());
    return found ? &state_.value_of(*found) : nullptr;
  }
  V& make(const UK& key) override {
    return state_.change_value(*make_record(key, [] { return V{}; }).first);
  }
  void set(const UK& key, V&& value) override {
    auto [at, fresh] = make_record(key, [&]() -> V&& { return std::move(value); });
    if (!fresh)
      state_.set_value(*at, std::move(value));
  }
  bool erase(const UK& key) override {
    auto pair = lookup(key);
    return state_.erase(pair, hash_of(key), current_.hash());
  }

  void visit(function_ref<bool(const UK&, const V&)> f) override {
    const K& key = current();
    state_.settle();
    const auto* hashes = state_.listed(key, current_.hash());
    for (std::uint32_t i = 0; hashes && i < hashes->size(); ++i)
      if (const auto* record = alive(key, (*hashes)[i], i);
          record && !f(user_key(*record), state_.value_of(*record)))
        return;
    if (state_.cold())
      visit_store(f);
  }

  bool empty() override {
    bool none = true;
    visit([&none](const UK&, const V&) { return none = false; });
    return none;
  }

  void erase_all() override {
    if (state_.cold()) {
      std::vector<UK> keys;
      visit([&keys](const UK& key, const V&) { return keys.push_back(key), true; });
      for (const UK& key : keys)
        erase(key);
    }
    const K& key = current();
    state_.settle();
    while (const auto* hashes = state_.listed(key, current_.hash())) {
      auto last = static_cast<std::uint32_t>(hashes->size() - 1);
      state_.erase(*state_.at(key, hashes->back(), last));
    }
  }

  state& keyed() { return state_; }

private:
  using record = typename entry::record;

  const K& current() const { return current_.get(state_.type().name); }
  key_pair<K, UK> lookup(const UK& key) const { return {current(), key}; }
  [[nodiscard]] std::uint64_t hash_of(const UK& key) const { return entry::hash(current_.hash(), key); }

  template <class Make>
  auto make_record(const UK& key, Make&& make) {
    auto pair = lookup(key);
    return state_.find_or_make(pair, hash_of(key), current_.hash(), [&] {
      return record{stored_key_t<K>(pair.key), stored_key_t<UK>(key), 0, state_.to_stored(make())};
    });
  }

  /// The record at that place unless it has expired; looked at as reading does.
  const record* alive(const K& key, std::uint64_t hash, std::uint32_t position) {
    record* at = state_.at(key, hash, position);
    if (!at || state_.is_expired(*at))
      return nullptr;
    state_.note_read(*at);
    return at;
  }

  decltype(auto) user_key(const record& of) {
    if constexpr (std::is_same_v<UK, stored_key_t<UK>>)
      return (of.user_key);
    else
      return UK(of.user_key.view());
  }

  /// Entries of the store that are not in memory.
  void visit_store(function_ref<bool(const UK&, const V&)> f) {
    std::vector<char> from;
    write_group(from, key_group(current_.hash(), state_.place().max_parallelism));
    append_ordered(from, current());
    std::string_view prefix{from.data(), from.size()};
    auto cursor = state_.cold()->store().scan(prefix, behind_prefix(prefix));
    arena texts;
    record read{};
    bool renew = state_.type().expires.when == expiry::refresh::on_read_and_write &&
                 state_.type().expires.after_ms != 0;
    std::vector<UK> to_renew;
    for (; cursor->valid(); cursor->next()) {
      if (state_.cold()->removed().contains(cursor->key()))
        continue;
      bool alive = state_.read_stored(cursor->key(), cursor->value(), read, texts);
      if (!alive || state_.is_in_memory(read))
        continue;
      if (renew)
        to_renew.emplace_back(
            user_key(read)); // brought to memory below, when no record can come twice any more
      else if (!f(user_key(read), state_.value_of(read)))
        return;
    }
    for (const UK& each : to_renew)
      if (const V* found = find(each); found && !f(each, *found))
        return;
  }

  state state_;
  const current_key<K>& current_;
};

} // namespace weir::detail
