#pragma once

#include <weir/detail/key_partitioners.hpp>
#include <weir/detail/state/table_state.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// A record with its key, for tables of records whose key is not one of their members.
template <class K, class T>
struct keyed_record {
  K key;
  T record;
};

/// How an aggregate keeps one record per key: with the key inside where it is a member of the record that the
/// aggregate leaves alone, else beside it.
template <class T, class Key>
struct beside_key {
  using key_type = record_of_t<std::invoke_result_t<const Key&, const T&>>;
  using record = keyed_record<key_type, T>;
  static constexpr bool spread_by_key = true;
  static constexpr bool listed = false;
  static constexpr bool allocates = can_allocate<key_type>() || can_allocate<T>();

  explicit beside_key(const Key&) {}
  beside_key() = default;

  static record make(const auto& key) { return {key_type(key), T{}}; }
  static record make(const auto& key, const T& first) { return {key_type(key), first}; }
  template <class Record>
  static auto& value(Record& of) {
    return of.record;
  }

  static std::size_t heap(const record& of) { return heap_bytes(of.key) + heap_bytes(of.record); }
  [[gnu::always_inline]] static const key_type& key(const record& of) { return of.key; }
  static std::uint64_t hash(const record& of) { return hash_key(of.key); }
  static std::uint64_t group_hash(const record&, std::uint64_t hash) { return hash; }
  static void write_key(auto& to, const record& of) { append_ordered(to, of.key); }
  static void write_lookup(auto& to, const auto& key) { append_ordered(to, key); }
  static bool read_key(byte_reader& from, record& to) { return read_ordered(from, to.key); }
};

template <class T, class Key>
struct inside_key : record_entry<T, Key> {
  explicit inside_key(const Key& key) : record_entry<T, Key>{key} {}
  inside_key() = default;
  using record_entry<T, Key>::make;
  static const T& make(const auto&, const T& first) { return first; }
};

/// When an aggregate emits.
enum class emission {
  each_record, ///< the new value after each record (rolling)
  at_end,      ///< each key's last value, once the input has ended
};

/// Keeps one record per key and lets `Aggregate` fold each further record of the key into it.
template <class T, class Key, class Aggregate, emission When>
class aggregate_operator final : public stream_operator {
  using entry =
      std::conditional_t<is_member_key<Key> && Aggregate::keeps_key, inside_key<T, Key>, beside_key<T, Key>>;
  using state = table_state<entry>;

public:
  aggregate_operator(Key key, Aggregate aggregate) : key_{key}, aggregate_{std::move(aggregate)} {}

  void open(operator_context& context) override {
    out_.attach(context.out());
    operator_states& states = context.states();
    state_type type{"aggregate", state_kind::reducing, key_type_name<entry_key_t<entry>>(),
                    {},          type_name<T>(),       {}};
    state_place place = state_place::of(states, type, {});
    state_.emplace(std::move(type), entry{key_}, std::move(place));
    state_->set_budget(states.memory_budget());
    states.add(*state_);
  }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<T>&>(*records);
    if constexpr (When == emission::each_record)
      out_.begin(in.has_timestamps);
    if (When == emission::each_record && in.has_timestamps)
      add<true>(in);
    else
      add<false>(in);
  }

  void flush() override { out_.flush(); }

  bool drain() override {
    if constexpr (When == emission::at_end) {
      if (drained_ != state_->end())
        drained_ = state_->visit(drained_, batch<T>::capacity,
                                 [this](const auto& at) { out_.emit(entry::value(at)); });
      else if (state_->cold())
        return drain_store();
      return drained_ != state_->end() || state_->cold();
    }
    return false;
  }

private:
  /// A result has the time of the record that caused it.
  template <bool Timed>
  void add(batch<T>& in) {
    for (std::uint32_t first = 0; first < in.size; first += prefetched_at_once)
      add<Timed>(in, first, std::min(first + prefetched_at_once, in.size));
    state_->tend();
  }

  template <bool Timed>
  void add(batch<T>& in, std::uint32_t first, std::uint32_t last) {
    const T* values = in.values();
    const std::uint64_t* hashes = in.hashes();
    const event_time* times = Timed ? in.timestamps() : nullptr;
    state_->prefetch(hashes + first, last - first);
    auto quick = state_->quick_view();
    for (std::uint32_t i = first; i < last; ++i) {
      const T& record = values[i];
      const auto& key = std::invoke(key_, record);
      auto* at = quick.find(key, hashes[i]);
      bool fresh = false;
      if (!at) [[unlikely]] {
        std::tie(at, fresh) = state_->find_or_make(
            key, hashes[i], hashes[i], [&]() -> decltype(auto) { return entry::make(key, record); });
        if (fresh)
          quick = state_->quick_view();
      }
      if (!fresh) [[likely]]
        fold(*at, record);
      if constexpr (Timed)
        out_.at(times[i]);
      if constexpr (When == emission::each_record)
        out_.emit(entry::value(std::as_const(*at)));
    }
  }

  [[gnu::always_inline]] void fold(typename entry::record& so_far, const T& record) {
    if constexpr (contains_text<T> && !Aggregate::keeps_text)
      state_->change_texts(so_far, [&](auto& at) { aggregate_(entry::value(at), record); });
    else
      aggregate_(entry::value(so_far), record);
  }

  /// About a batch of what is not in memory.
  bool drain_store() {
    if (!stored_)
      stored_ = state_->cold()->store().freeze();
    arena texts;
    typename entry::record read{};
    for (std::uint32_t i = 0; i < batch<T>::capacity && stored_->valid(); ++i, stored_->next()) {
      if (state_->cold()->removed().contains(stored_->key()))
        continue;
      if (state_->read_stored(stored_->key(), stored_->value(), read, texts) && !state_->is_in_memory(read))
        out_.emit(entry::value(std::as_const(read)));
    }
    return stored_->valid();
  }

  [[no_unique_address]] Key key_;
  [[no_unique_address]] Aggregate aggregate_;
  std::optional<state> state_;
  std::size_t drained_ = 0;
  std::unique_ptr<cold_cursor> stored_;
  collector<T> out_;
};

/// `keeps_key`: never changes the member that is the key. `keeps_text`: never changes a text.
template <class T, class Member>
struct sum_of {
  static constexpr bool keeps_key = true;
  static constexpr bool keeps_text = true;
  Member T::*member;
  [[gnu::always_inline]] void operator()(T& sum, const T& record) const { sum.*member += record.*member; }
};

template <class T, class Member>
struct min_of {
  static constexpr bool keeps_key = true;
  static constexpr bool keeps_text = !contains_text<Member>;
  Member T::*member;
  void operator()(T& least, const T& record) const {
    if (record.*member < least.*member)
      least.*member = record.*member;
  }
};

template <class T, class Member>
struct max_of {
  static constexpr bool keeps_key = true;
  static constexpr bool keeps_text = !contains_text<Member>;
  Member T::*member;
  void operator()(T& greatest, const T& record) const {
    if (greatest.*member < record.*member)
      greatest.*member = record.*member;
  }
};

template <class T, class F>
struct reduce_by {
  static constexpr bool keeps_key = false;
  static constexpr bool keeps_text = false;
  F function;
  void operator()(T& value, const T& record) { value = std::invoke(function, std::as_const(value), record); }
};

} // namespace weir::detail
