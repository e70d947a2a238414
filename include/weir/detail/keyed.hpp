#pragma once

#include <weir/collector.hpp>
#include <weir/detail/hash.hpp>
#include <weir/detail/key_table.hpp>
#include <weir/detail/stage.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// Reads a member of a record as its key.
template <class T, class Member>
struct member_key {
  Member T::*member;

  [[gnu::always_inline]] const Member& operator()(const T& record) const { return record.*member; }
};

template <class Key>
inline constexpr bool is_member_key = false;
template <class T, class Member>
inline constexpr bool is_member_key<member_key<T, Member>> = true;

/// Per-channel batches that are filled record by record.
template <class T>
class scatter {
public:
  scatter(channel_writer& writer) : writer_{&writer}, open_(writer.channels()) {}

  /// Moves the record to the channel's batch, with its hash unless the edge has none.
  template <bool Hashed>
  [[gnu::always_inline]] void add(std::uint32_t channel, T& record, std::uint64_t hash) {
    batch<T>& to = batch_of(channel);
    to.values()[to.size] = std::move(record);
    if constexpr (contains_text<T>)
      rehome(to.values()[to.size], to.bytes);
    if constexpr (Hashed) {
      to.hashes()[to.size] = hash;
      to.has_hashes = true;
    }
    if (++to.size == batch<T>::capacity) [[unlikely]]
      writer_->send(channel, open_[channel]);
  }

  [[nodiscard]] bool holds_records(std::uint32_t channel) const {
    return open_[channel] && open_[channel]->size != 0;
  }

  void flush() {
    for (std::uint32_t channel = 0; channel < open_.size(); ++channel)
      if (holds_records(channel))
        writer_->send(channel, open_[channel]);
  }

private:
  [[gnu::always_inline]] batch<T>& batch_of(std::uint32_t channel) {
    if (!open_[channel]) [[unlikely]]
      open_[channel] = record_type_of<T>().make_batch(record_type_of<T>());
    return static_cast<batch<T>&>(*open_[channel]);
  }

  channel_writer* writer_;
  std::vector<batch_ptr> open_;
};

/// Sends each record to the subtask that owns its key group, with the key's hash beside it, so that the
/// consumer need not hash again.
template <class T, class Key>
class hash_partitioner final : public stream_operator {
public:
  hash_partitioner(const partitioner_context& context, Key key)
      : key_{std::move(key)},
        writer_{context.writer},
        max_parallelism_{context.max_parallelism},
        channel_of_group_(context.max_parallelism),
        scatter_{*context.writer} {
    for (std::uint32_t group = 0; group < max_parallelism_; ++group)
      channel_of_group_[group] = subtask_of(group, max_parallelism_, writer_->channels());
  }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<T>&>(*records);
    if (writer_->channels() == 1)
      pass_on(in, records);
    else
      spread(in);
  }

  void flush() override { scatter_.flush(); }

private:
  /// A batch that is at least half full is handed over as it is.
  void pass_on(batch<T>& in, batch_ptr& records) {
    if (in.size < batch<T>::capacity / 2 || scatter_.holds_records(0)) {
      spread(in);
      return;
    }
    const T* values = in.values();
    std::uint64_t* hashes = in.hashes();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i)
      hashes[i] = hash_key(std::invoke(key_, values[i]));
    in.has_hashes = true;
    writer_->send(0, records);
  }

  void spread(batch<T>& in) {
    T* values = in.values();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      std::uint64_t hash = hash_key(std::invoke(key_, std::as_const(values[i])));
      scatter_.template add<true>(channel_of_group_[key_group(hash, max_parallelism_)], values[i], hash);
    }
  }

  [[no_unique_address]] Key key_;
  channel_writer* writer_;
  std::uint32_t max_parallelism_;
  std::vector<std::uint32_t> channel_of_group_;
  scatter<T> scatter_;
};

/// Sends each record where a function of the user says: choose(record, channels) -> channel.
template <class T, class Choose>
class custom_partitioner final : public stream_operator {
public:
  custom_partitioner(const partitioner_context& context, Choose choose)
      : choose_{std::move(choose)}, channels_{context.writer->channels()}, scatter_{*context.writer} {}

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<T>&>(*records);
    T* values = in.values();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      auto channel = std::invoke(choose_, std::as_const(values[i]), channels_);
      if (channel < 0 || static_cast<std::uint64_t>(channel) >= channels_)
        throw std::out_of_range{"the partitioner chose channel " + std::to_string(channel) + " of " +
                                std::to_string(channels_) + "; return a number below the count it is given"};
      scatter_.template add<false>(static_cast<std::uint32_t>(channel), values[i], 0);
    }
  }

  void flush() override { scatter_.flush(); }

private:
  Choose choose_;
  std::uint32_t channels_;
  scatter<T> scatter_;
};

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
  using slot = keyed_record<key_type, T>;
  struct slot_key {
    const key_type& operator()(const slot& at) const { return at.key; }
  };
  static slot make(const auto& key, const T& record) { return {key_type(key), record}; }
  static T& record(slot& at) { return at.record; }
  static slot_key make_key(const Key&) { return {}; }
};

template <class T, class Key>
struct inside_key {
  using slot = T;
  using slot_key = Key;
  static const T& make(const auto&, const T& record) { return record; }
  static T& record(T& at) { return at; }
  static Key make_key(const Key& key) { return key; }
};

/// When an aggregate emits.
enum class emission {
  each_record, ///< the new value after each record (rolling)
  at_end,      ///< each key's last value, once the input has ended
};

/// Keeps one record per key and lets `Aggregate` fold each further record of the key into it.
template <class T, class Key, class Aggregate, emission When>
class aggregate_operator final : public stream_operator {
  using layout =
      std::conditional_t<is_member_key<Key> && Aggregate::keeps_key, inside_key<T, Key>, beside_key<T, Key>>;
  using table_type = key_table<typename layout::slot, typename layout::slot_key>;

public:
  aggregate_operator(Key key, Aggregate aggregate)
      : key_{key}, aggregate_{std::move(aggregate)}, table_{layout::make_key(key)} {}

  void open(operator_context& context) override { out_.attach(context.out()); }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<T>&>(*records);
    const T* values = in.values();
    const std::uint64_t* hashes = in.hashes();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i)
      table_.prefetch(hashes[i]);
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      const T& record = values[i];
      const auto& key = std::invoke(key_, record);
      auto [at, fresh] = table_.find(key, hashes[i], [&] { return layout::make(key, record); });
      if (!fresh) [[likely]] {
        aggregate_(layout::record(*at), record);
        if constexpr (contains_text<T> && !Aggregate::keeps_text)
          table_.adopt(*at);
      }
      if constexpr (When == emission::each_record)
        out_.emit(std::as_const(layout::record(*at)));
    }
  }

  void flush() override { out_.flush(); }

  bool drain() override {
    if constexpr (When == emission::at_end) {
      drained_ = table_.visit(drained_, batch<T>::capacity,
                              [this](auto& at) { out_.emit(std::as_const(layout::record(at))); });
      return drained_ != table_.end();
    }
    return false;
  }

private:
  [[no_unique_address]] Key key_;
  [[no_unique_address]] Aggregate aggregate_;
  table_type table_;
  std::size_t drained_ = 0;
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
