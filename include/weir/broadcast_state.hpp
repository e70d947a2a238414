#pragma once

#include <weir/detail/hash.hpp>
#include <weir/detail/ordered_bytes.hpp>
#include <weir/detail/state/entries.hpp>
#include <weir/detail/state_element.hpp>
#include <weir/state.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// State that every subtask holds as a whole, because each gets every record of a broadcast stream: rules,
/// small tables. It must depend on those records alone, and not on their order between subtasks, so that it
/// is the same everywhere. In memory with both backends.
namespace weir {

/// A broadcast state with one value: weir::value<T>("name").
template <class T>
class broadcast_value {
public:
  /// nullptr when there is none.
  [[nodiscard]] const T* get() const { return value_ ? &*value_ : nullptr; }
  [[nodiscard]] T get_or(T otherwise) const { return value_.value_or(std::move(otherwise)); }

  void set(T value) { value_ = std::move(value); }
  void clear() { value_.reset(); }

  // For the engine.
  static std::string key_name() { return {}; }
  static std::string value_name() { return detail::type_name<T>(); }
  void collect(std::vector<std::string>& to) const {
    if (value_)
      detail::append_element(to.emplace_back(), *value_);
  }
  std::string load(std::string_view element) { return detail::read_element(element, value_.emplace()); }

private:
  std::optional<T> value_;
};

/// A broadcast state with a value per key: weir::map<K, V>("name").
template <class K, class V>
class broadcast_map {
public:
  /// nullptr when there is none.
  [[nodiscard]] const V* get(const K& key) const {
    auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] bool contains(const K& key) const { return entries_.contains(key); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  /// Calls `f(key, value)` in no particular order; when it returns bool, until it returns false.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& [key, value] : entries_) {
      if constexpr (std::is_void_v<std::invoke_result_t<F&, const K&, const V&>>)
        f(key, value);
      else if (!f(key, value))
        return;
    }
  }

  void put(const K& key, V value) { entries_.insert_or_assign(key, std::move(value)); }
  /// V{} where there was none.
  [[nodiscard]] V& change(const K& key) { return entries_[key]; }
  /// False when it was not there.
  bool remove(const K& key) { return entries_.erase(key) != 0; }
  void clear() { entries_.clear(); }

  // For the engine.
  static std::string key_name() { return detail::key_type_name<K>(); }
  static std::string value_name() { return detail::type_name<V>(); }

  /// In the order of the keys, so that equal states have equal bytes.
  void collect(std::vector<std::string>& to) const {
    std::size_t first = to.size();
    std::vector<char> key_bytes;
    for (const auto& [key, value] : entries_) {
      key_bytes.clear();
      detail::append_ordered(key_bytes, key);
      std::string& element = to.emplace_back(key_bytes.begin(), key_bytes.end());
      detail::append_element(element, value);
    }
    std::sort(to.begin() + static_cast<std::ptrdiff_t>(first), to.end());
  }

  std::string load(std::string_view element) {
    K key{};
    detail::arena unused;
    detail::byte_reader reader{element.data(), element.data() + element.size(), &unused};
    if (!detail::read_ordered(reader, key))
      return reader.fault;
    return detail::read_element({reader.at, reader.left()}, entries_[key]);
  }

private:
  struct hasher {
    std::size_t operator()(const K& key) const { return detail::hash_key(key); }
  };

  std::unordered_map<K, V, hasher> entries_;
};

namespace detail {

/// What holds a broadcast state with a descriptor.
template <class Descriptor>
struct broadcast_holder {
  static_assert(!std::is_same_v<Descriptor, Descriptor>,
                "broadcast state is a weir::value<T>(name) or a weir::map<K, V>(name)");
};
template <class T>
struct broadcast_holder<value_descriptor<T>> {
  using type = broadcast_value<T>;
};
template <class K, class V>
struct broadcast_holder<map_descriptor<K, V>> {
  using type = broadcast_map<K, V>;
};
template <class Descriptor>
using broadcast_value_t = typename broadcast_holder<Descriptor>::type;

} // namespace detail
} // namespace weir
