#pragma once

#include <weir/detail/check_record.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state/cells.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Keyed state: what a function keeps per key, across records, failures and changes of the parallelism.
///
///     struct count_clicks {
///       weir::value_state<std::int64_t> clicks;
///       void open(auto& context) { clicks = context.state(weir::value<std::int64_t>("clicks")); }
///       void process(const click&, weir::collector<std::int64_t>& out) { out.emit(++clicks.change()); }
///     };
///
/// A descriptor names a state and its type. A handle is what opening it gives: cheap to copy, and always
/// about the key of the record or timer that is being worked on; outside such a call every access throws
/// std::logic_error. What a state holds owns its bytes: std::string, not weir::text.
namespace weir {

/// When the time of an entry that expires begins anew.
using refresh = detail::expiry::refresh;

namespace detail {

template <class Derived>
class state_descriptor {
public:
  /// An entry is gone when `after` has passed since it was last written, or also read: it is never returned
  /// then. Of lists each element, of maps each entry has its own time. Processing time, at least 1 ms.
  [[nodiscard]] Derived expires_after(std::chrono::milliseconds after,
                                      refresh when = refresh::on_write) const {
    if (after.count() <= 0)
      throw std::invalid_argument{"state '" + name_ + "' expires after " + std::to_string(after.count()) +
                                  " ms: the time is at least 1 ms"};
    Derived changed = static_cast<const Derived&>(*this);
    changed.expires_ = {after.count(), when};
    return changed;
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const expiry& expires() const { return expires_; }

protected:
  explicit state_descriptor(std::string name) : name_{std::move(name)} {
    if (name_.empty())
      throw std::invalid_argument{"a state needs a name"};
  }

private:
  std::string name_;
  expiry expires_;
};

template <class T>
constexpr bool check_state() {
  static_assert(!contains_text<T>, "state outlives the batch that a weir::text points into: use std::string");
  return check_record<T>();
}

/// What handles have in common.
template <class Cell>
class state_handle {
public:
  state_handle() = default;
  explicit state_handle(Cell* cell) : cell_{cell} {}

protected:
  [[nodiscard]] Cell& cell() const {
    if (!cell_) [[unlikely]]
      throw std::logic_error{
          "a state is used before it was opened: assign context.state(descriptor) to it in "
          "open()"};
    return *cell_;
  }

private:
  Cell* cell_ = nullptr;
};

} // namespace detail

/// One value per key.
template <class T>
class value_state : detail::state_handle<detail::value_cell<T>> {
public:
  using detail::state_handle<detail::value_cell<T>>::state_handle;

  /// nullptr when the key has no value. Valid until the next use of any state.
  [[nodiscard]] const T* get() const { return this->cell().find(); }
  [[nodiscard]] T get_or(T otherwise) const {
    const T* found = get();
    return found ? *found : std::move(otherwise);
  }
  [[nodiscard]] bool has_value() const { return get() != nullptr; }

  void set(T value) const { this->cell().set(std::move(value)); }
  /// The value, to be changed in place until the next use of any state; T{} when the key had none.
  [[nodiscard]] T& change() const { return this->cell().make(); }
  void clear() const { this->cell().erase(); }
};

/// A sequence of values per key, that is cheap to append to.
template <class T>
class list_state : detail::state_handle<detail::list_cell<T>> {
public:
  using detail::state_handle<detail::list_cell<T>>::state_handle;

  void add(T element) const { this->cell().append(std::move(element)); }
  template <class Range>
  void add_all(const Range& elements) const {
    for (const T& element : elements)
      this->cell().append(T(element));
  }
  template <class Range>
  void set(const Range& elements) const {
    clear();
    add_all(elements);
  }

  /// Calls `f(element)` in order; when it returns bool, until it returns false. `f` does not use this list.
  template <class F>
  void for_each(F&& f) const {
    this->cell().visit([&f](const T& element) {
      if constexpr (std::is_void_v<std::invoke_result_t<F&, const T&>>)
        return f(element), true;
      else
        return static_cast<bool>(f(element));
    });
  }
  [[nodiscard]] std::vector<T> get() const {
    std::vector<T> all;
    for_each([&all](const T& element) { all.push_back(element); });
    return all;
  }
  [[nodiscard]] std::uint64_t size() const { return this->cell().size(); }
  [[nodiscard]] bool empty() const {
    bool none = true;
    for_each([&none](const T&) { return none = false; });
    return none;
  }
  void clear() const { this->cell().erase(); }
};

/// A map per key. Each of its entries is stored and snapshotted on its own, so it may be large.
template <class K, class V>
class map_state : detail::state_handle<detail::map_cell<K, V>> {
public:
  using detail::state_handle<detail::map_cell<K, V>>::state_handle;

  /// As in value_state.
  [[nodiscard]] const V* get(const K& key) const { return this->cell().find(key); }
  [[nodiscard]] V get_or(const K& key, V otherwise) const {
    const V* found = get(key);
    return found ? *found : std::move(otherwise);
  }
  [[nodiscard]] bool contains(const K& key) const { return get(key) != nullptr; }
  void put(const K& key, V value) const { this->cell().set(key, std::move(value)); }
  [[nodiscard]] V& change(const K& key) const { return this->cell().make(key); }
  /// False when it was not there.
  bool remove(const K& key) const { return this->cell().erase(key); }

  /// Calls `f(key, value)` in no particular order; when it returns bool, until it returns false. `f` does not
  /// use this map.
  template <class F>
  void for_each(F&& f) const {
    this->cell().visit([&f](const K& key, const V& value) {
      if constexpr (std::is_void_v<std::invoke_result_t<F&, const K&, const V&>>)
        return f(key, value), true;
      else
        return static_cast<bool>(f(key, value));
    });
  }
  [[nodiscard]] std::vector<K> keys() const {
    std::vector<K> all;
    for_each([&all](const K& key, const V&) { all.push_back(key); });
    return all;
  }
  [[nodiscard]] bool empty() const { return this->cell().empty(); }
  void clear() const { this->cell().erase_all(); }
};

/// All values that were added, reduced to one by a function.
template <class T>
class reducing_state : detail::state_handle<detail::value_cell<T>> {
public:
  using detail::state_handle<detail::value_cell<T>>::state_handle;

  void add(const T& value) const { this->cell().add(value); }
  /// nullptr when nothing was added. Valid until the next use of any state.
  [[nodiscard]] const T* get() const { return this->cell().find(); }
  void clear() const { this->cell().erase(); }
};

/// All values that were added, folded into an accumulator that gives a result.
template <class In, class Out>
class aggregating_state : detail::state_handle<detail::aggregate_cell<In, Out>> {
public:
  using detail::state_handle<detail::aggregate_cell<In, Out>>::state_handle;

  void add(const In& value) const { this->cell().add(value); }
  /// Empty when nothing was added.
  [[nodiscard]] std::optional<Out> get() const {
    std::optional<Out> result;
    this->cell().result([&result](Out&& value) { result.emplace(std::move(value)); });
    return result;
  }
  void clear() const { this->cell().erase(); }
};

template <class T>
class value_descriptor : public detail::state_descriptor<value_descriptor<T>> {
public:
  using handle = value_state<T>;
  explicit value_descriptor(std::string name)
      : detail::state_descriptor<value_descriptor<T>>{std::move(name)} {}
};

template <class T>
class list_descriptor : public detail::state_descriptor<list_descriptor<T>> {
public:
  using handle = list_state<T>;
  explicit list_descriptor(std::string name)
      : detail::state_descriptor<list_descriptor<T>>{std::move(name)} {}
};

template <class K, class V>
class map_descriptor : public detail::state_descriptor<map_descriptor<K, V>> {
public:
  using handle = map_state<K, V>;
  explicit map_descriptor(std::string name)
      : detail::state_descriptor<map_descriptor<K, V>>{std::move(name)} {}
};

template <class T, class F>
class reducing_descriptor : public detail::state_descriptor<reducing_descriptor<T, F>> {
public:
  using handle = reducing_state<T>;
  reducing_descriptor(std::string name, F function)
      : detail::state_descriptor<reducing_descriptor<T, F>>{std::move(name)}, function{std::move(function)} {}

  F function;
};

template <class In, class Acc, class Out, class Aggregate>
class aggregating_descriptor
    : public detail::state_descriptor<aggregating_descriptor<In, Acc, Out, Aggregate>> {
public:
  using handle = aggregating_state<In, Out>;
  aggregating_descriptor(std::string name, Aggregate aggregate)
      : detail::state_descriptor<aggregating_descriptor<In, Acc, Out, Aggregate>>{std::move(name)},
        aggregate{std::move(aggregate)} {}

  Aggregate aggregate;
};

template <class T>
value_descriptor<T> value(std::string name) {
  static_assert(detail::check_state<T>());
  return value_descriptor<T>{std::move(name)};
}

template <class T>
list_descriptor<T> list(std::string name) {
  static_assert(detail::check_state<T>());
  return list_descriptor<T>{std::move(name)};
}

template <class K, class V>
map_descriptor<K, V> map(std::string name) {
  static_assert(detail::check_state<K>() && detail::check_state<V>());
  return map_descriptor<K, V>{std::move(name)};
}

/// `function(value so far, value) -> value`; the first value added is the first value so far.
template <class T, class F>
reducing_descriptor<T, F> reducing(std::string name, F function) {
  static_assert(detail::check_state<T>());
  static_assert(std::is_invocable_r_v<T, F&, const T&, const T&>,
                "reducing takes a function of two values of the state's type that returns one");
  return {std::move(name), std::move(function)};
}

/// `aggregate.add(accumulator, value)` changes the accumulator, `aggregate.result(accumulator)` gives the
/// result; `aggregate.create()` the first accumulator, which is Acc{} without it.
template <class In, class Acc, class Out, class Aggregate>
aggregating_descriptor<In, Acc, Out, Aggregate> aggregating(std::string name, Aggregate aggregate) {
  static_assert(detail::check_state<Acc>());
  static_assert(
      requires(Acc & accumulator, const Acc& whole, const In& value) {
        aggregate.add(accumulator, value);
        { aggregate.result(whole) } -> std::convertible_to<Out>;
      },
      "aggregating takes an object with add(Acc&, const In&) and result(const Acc&) -> Out");
  return {std::move(name), std::move(aggregate)};
}

} // namespace weir
