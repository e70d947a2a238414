#pragma once

#include <weir/detail/keyed.hpp>
#include <weir/detail/windows/window.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

/// How the records of a pane become one accumulator per key, and how accumulators of panes become one.
///
/// A fold is the key's reader, what it does with records, and the layout of an entry: the record itself where
/// the key is a member that the fold leaves alone, else key and accumulator side by side.
namespace weir::detail {

template <class T, class Key>
using key_type_of = record_of_t<std::invoke_result_t<const Key&, const T&>>;

/// Entries of a key beside an accumulator.
template <class T, class Key, class Acc>
class beside_layout {
public:
  using record = T;
  using key_type = key_type_of<T, Key>;
  using accumulator_type = Acc;
  using slot = keyed_record<key_type, Acc>;
  struct slot_key {
    [[gnu::always_inline]] const key_type& operator()(const slot& at) const { return at.key; }
  };

  explicit beside_layout(Key key) : key_{std::move(key)} {}

  [[gnu::always_inline]] decltype(auto) key_of_record(const T& of) const { return std::invoke(key_, of); }
  static const key_type& key_of(const slot& at) { return at.key; }
  [[nodiscard]] slot_key make_slot_key() const { return {}; }
  [[gnu::always_inline]] static Acc& accumulator(slot& at) { return at.record; }
  [[gnu::always_inline]] static const Acc& accumulator(const slot& at) { return at.record; }
  static slot make_slot(key_type&& key, Acc&& value) { return {std::move(key), std::move(value)}; }

private:
  [[no_unique_address]] Key key_;
};

/// Entries that are records with the key inside.
template <class T, class Key>
class inside_layout {
public:
  using record = T;
  using key_type = key_type_of<T, Key>;
  using accumulator_type = T;
  using slot = T;
  using slot_key = Key;

  explicit inside_layout(Key key) : key_{std::move(key)} {}

  [[gnu::always_inline]] const auto& key_of_record(const T& of) const { return std::invoke(key_, of); }
  const auto& key_of(const T& at) const { return std::invoke(key_, at); }
  [[nodiscard]] slot_key make_slot_key() const { return key_; }
  [[gnu::always_inline]] static T& accumulator(T& at) { return at; }
  [[gnu::always_inline]] static const T& accumulator(const T& at) { return at; }
  static T make_slot(key_type&&, T&& value) { return std::move(value); }

private:
  Key key_;
};

/// Folds records into one of their own kind: sum, min, max, reduce.
template <class T, class Key, class Aggregate>
class record_fold : public std::conditional_t<is_member_key<Key> && Aggregate::keeps_key,
                                              inside_layout<T, Key>, beside_layout<T, Key, T>> {
  using layout = std::conditional_t<is_member_key<Key> && Aggregate::keeps_key, inside_layout<T, Key>,
                                    beside_layout<T, Key, T>>;

public:
  using out = T;
  /// Does changing an accumulator keep its texts where they are?
  static constexpr bool keeps_text = Aggregate::keeps_text;
  static constexpr bool has_inverse = requires(Aggregate & of, T& value) {
    of.remove(value, std::as_const(value));
  };

  record_fold(Key key, Aggregate aggregate) : layout{std::move(key)}, aggregate_{std::move(aggregate)} {}

  [[gnu::always_inline]] typename layout::slot make(const auto& key, const T& first) {
    if constexpr (std::is_same_v<typename layout::slot, T>)
      return first;
    else
      return {typename layout::key_type(key), first};
  }
  [[gnu::always_inline]] void add(T& value, const T& record) { aggregate_(value, record); }
  void merge(T& value, const T& later) { aggregate_(value, later); }
  void remove(T& value, const T& earlier) { aggregate_.remove(value, earlier); }

  template <class Out>
  [[gnu::always_inline]] void emit(const auto&, const T& value, const window&, Out& to) {
    to.emit(value);
  }

private:
  [[no_unique_address]] Aggregate aggregate_;
};

/// Adds up a member of records that are nothing but the key and that member, so that what was added can be
/// taken away again.
template <class T, class Member>
struct reversible_sum_of : sum_of<T, Member> {
  [[gnu::always_inline]] void remove(T& sum, const T& earlier) const {
    sum.*(this->member) -= earlier.*(this->member);
  }
};

/// Is a sum of `Member` exact whatever is added and taken away, and the record's only part besides the key?
template <class T, class Key, class Member>
concept reversible = is_member_key<Key> && std::integral<Member> && !std::same_as<Member, bool> &&
                     plain_aggregate<T> && field_count<T> == 2;

/// `add(accumulator, record)`, `result(accumulator)`, `merge(accumulator, accumulator)` and perhaps
/// `create()`, `remove(accumulator, accumulator)`: see weir::windowed_stream::aggregate.
template <class Aggregate, class T>
struct aggregate_types {
  template <class A>
  static auto accumulator() {
    if constexpr (requires(A & a) { a.create(); })
      return std::type_identity<std::decay_t<decltype(std::declval<A&>().create())>>{};
    else
      return std::type_identity<typename A::accumulator>{};
  }
  using acc = typename decltype(accumulator<Aggregate>())::type;
  using result = record_of_t<decltype(std::declval<Aggregate&>().result(std::declval<const acc&>()))>;
};

/// Folds records by an aggregate of the user.
template <class T, class Key, class Aggregate>
class aggregate_fold : public beside_layout<T, Key, typename aggregate_types<Aggregate, T>::acc> {
  using acc = typename aggregate_types<Aggregate, T>::acc;
  using layout = beside_layout<T, Key, acc>;

public:
  using out = typename aggregate_types<Aggregate, T>::result;
  static constexpr bool keeps_text = false;
  static constexpr bool has_inverse = requires(Aggregate & of, acc& value) {
    of.remove(value, std::as_const(value));
  };

  aggregate_fold(Key key, Aggregate aggregate) : layout{std::move(key)}, aggregate_{std::move(aggregate)} {}

  [[gnu::always_inline]] typename layout::slot make(const auto& key, const T& first) {
    typename layout::slot made{typename layout::key_type(key), create()};
    aggregate_.add(made.record, first);
    return made;
  }
  [[gnu::always_inline]] void add(acc& value, const T& record) { aggregate_.add(value, record); }
  void merge(acc& value, const acc& later) { aggregate_.merge(value, later); }
  void remove(acc& value, const acc& earlier) { aggregate_.remove(value, earlier); }
  [[nodiscard]] decltype(auto) result(const acc& value) { return aggregate_.result(value); }

  template <class Out>
  [[gnu::always_inline]] void emit(const auto&, const acc& value, const window&, Out& to) {
    to.emit(aggregate_.result(value));
  }

  acc create() {
    if constexpr (requires { aggregate_.create(); })
      return aggregate_.create();
    else
      return acc{};
  }

private:
  [[no_unique_address]] Aggregate aggregate_;
};

/// Keeps all records.
template <class T>
struct record_list {
  using accumulator = std::vector<T>;
  void add(accumulator& to, const T& record) const { to.push_back(record); }
  void merge(accumulator& to, const accumulator& later) const {
    to.insert(to.end(), later.begin(), later.end());
  }
  /// The list itself is what the user's function gets.
  const accumulator& result(const accumulator& all) const { return all; }
};

/// Gives what another fold comes to, with key and window, to a function of the user.
template <class Base, class Out, class F>
class process_fold : public Base {
public:
  using out = Out;

  process_fold(Base base, F function) : Base{std::move(base)}, function_{std::move(function)} {}

  template <class To>
  void emit(const auto& key, const typename Base::accumulator_type& value, const window& of, To& to) {
    call_window(function_, key, of, Base::result(value), to);
  }

private:
  [[no_unique_address]] F function_;
};

} // namespace weir::detail
