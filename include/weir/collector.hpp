#pragma once

#include <weir/detail/codec.hpp>
#include <weir/detail/operator.hpp>
#include <weir/detail/reflect.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// Gives `slot` a new value and keeps its memory where it can: a std::string inside is assigned to, not
/// replaced.
template <class T, class... Args>
[[gnu::always_inline]] inline void assign_value(T& slot, Args&&... args) {
  if constexpr (sizeof...(Args) == 1 && (std::assignable_from<T&, Args&&> && ...))
    ((slot = std::forward<Args>(args)), ...);
  else if constexpr (plain_aggregate<T>)
    visit_fields(slot, [&](auto&... field) {
      static_assert(sizeof...(field) == sizeof...(args),
                    "emit takes the record, or a value for each of its fields");
      ((field = std::forward<Args>(args)), ...);
    });
  else
    slot = T(std::forward<Args>(args)...);
}

/// Cheap enough to write before it is known whether it counts.
template <class T>
inline constexpr bool branch_free = std::is_trivially_copyable_v<T> && sizeof(T) <= 32;

} // namespace detail

/// Takes the records that a function of the user produces. Valid only during the call it is passed to.
template <class T>
class collector {
public:
  collector() = default;
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;

  /// Hands on a record.
  void emit(T&& record) { write(std::move(record)); }
  void emit(const T& record) { write(record); }

  /// Builds the record in place from its fields (or constructor arguments), in order. A std::string field
  /// takes a std::string_view without a new allocation.
  template <class... Args>
  requires(sizeof...(Args) > 1 ||
           (!std::same_as<std::remove_cvref_t<Args>, T> && ...)) void emit(Args&&... args) {
    write(std::forward<Args>(args)...);
  }

  /// Hands on the record if `keep`; without a branch for small records.
  template <class X>
  void emit_if(X&& record, bool keep) {
    if constexpr (detail::branch_free<T> && !detail::contains_text<T>) {
      values_[size_] = record;
      size_ += keep;
      if (size_ == capacity) [[unlikely]]
        send();
    } else if (keep) {
      write(std::forward<X>(record));
    }
  }

  /// For the engine: where full batches go.
  void attach(detail::output* to) {
    to_ = to;
    renew();
  }

  /// For the engine: whether the records that follow have event times.
  void begin(bool timed) {
    if (timed != timed_) [[unlikely]]
      switch_time(timed);
  }

  /// For the engine: the event time of the records that follow. Requires begin(true). Emitting costs the same
  /// with it and without: the times of a record's results are filled in when the next record comes.
  [[gnu::always_inline]] void at(detail::event_time time) {
    stamp();
    time_ = time;
  }

  /// For the engine: hands on what is there.
  void flush() {
    if (size_ != 0)
      send();
  }

private:
  static constexpr std::uint32_t capacity = detail::batch<T>::capacity;

  template <class... Args>
  [[gnu::always_inline]] void write(Args&&... args) {
    T& slot = values_[size_];
    detail::assign_value(slot, std::forward<Args>(args)...);
    if constexpr (detail::contains_text<T>)
      detail::rehome(slot, *bytes_);
    if (++size_ == capacity) [[unlikely]]
      send();
  }

  [[gnu::always_inline]] void stamp() {
    for (; stamped_ < size_; ++stamped_)
      times_[stamped_] = time_;
  }

  [[gnu::noinline]] void switch_time(bool timed) {
    if (size_ != 0)
      send();
    timed_ = timed;
    if (batch_)
      renew();
  }

  [[gnu::noinline]] void send() {
    if (timed_)
      stamp();
    batch_->has_timestamps = timed_;
    batch_->size = size_;
    to_->emit(batch_);
    renew();
  }

  void renew() {
    if (batch_)
      batch_->clear();
    else
      batch_ = detail::record_type_of<T>().make_batch(detail::record_type_of<T>());
    auto& typed = static_cast<detail::batch<T>&>(*batch_);
    values_ = typed.values();
    bytes_ = &typed.bytes;
    times_ = timed_ ? typed.timestamps() : nullptr;
    size_ = 0;
    stamped_ = 0;
  }

  T* values_ = nullptr;
  std::uint32_t size_ = 0;
  detail::arena* bytes_ = nullptr;
  detail::output* to_ = nullptr;
  detail::batch_ptr batch_;
  bool timed_ = false;
  std::uint32_t stamped_ = 0;           ///< how many of the records have their time
  detail::event_time time_ = 0;         ///< of those that have not
  detail::event_time* times_ = nullptr; ///< column of the batch
};

} // namespace weir
