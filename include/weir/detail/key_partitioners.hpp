#pragma once

#include <weir/collector.hpp>
#include <weir/detail/hash.hpp>
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

  /// Whether the records that follow have event times.
  void begin(bool timed) {
    if (timed == timed_)
      return;
    flush(); // a batch has a time for each of its records or for none
    timed_ = timed;
  }

  /// Moves the record to the channel's batch, with its hash unless the edge has none, and with its time if
  /// begin(true) was called.
  template <bool Hashed, bool Timed>
  [[gnu::always_inline]] void add(std::uint32_t channel, T& record, std::uint64_t hash, event_time time) {
    batch<T>& to = batch_of(channel);
    if constexpr (Timed) {
      to.timestamps()[to.size] = time;
      to.has_timestamps = true;
    }
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
  bool timed_ = false;
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
    scatter_.begin(in.has_timestamps);
    if (in.has_timestamps)
      spread<true>(in);
    else
      spread<false>(in);
  }

  template <bool Timed>
  void spread(batch<T>& in) {
    T* values = in.values();
    const event_time* times = Timed ? in.timestamps() : nullptr;
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      std::uint64_t hash = hash_key(std::invoke(key_, std::as_const(values[i])));
      scatter_.template add<true, Timed>(channel_of_group_[key_group(hash, max_parallelism_)], values[i],
                                         hash, Timed ? times[i] : 0);
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
    scatter_.begin(in.has_timestamps);
    if (in.has_timestamps)
      spread<true>(in);
    else
      spread<false>(in);
  }

  void flush() override { scatter_.flush(); }

private:
  template <bool Timed>
  void spread(batch<T>& in) {
    T* values = in.values();
    const event_time* times = Timed ? in.timestamps() : nullptr;
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      auto channel = std::invoke(choose_, std::as_const(values[i]), channels_);
      if (channel < 0 || static_cast<std::uint64_t>(channel) >= channels_)
        throw std::out_of_range{"the partitioner chose channel " + std::to_string(channel) + " of " +
                                std::to_string(channels_) + "; return a number below the count it is given"};
      scatter_.template add<false, Timed>(static_cast<std::uint32_t>(channel), values[i], 0,
                                          Timed ? times[i] : 0);
    }
  }

  Choose choose_;
  std::uint32_t channels_;
  scatter<T> scatter_;
};

} // namespace weir::detail
