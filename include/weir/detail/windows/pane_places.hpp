#pragma once

#include <weir/detail/contained_text.hpp>
#include <weir/detail/hash.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <type_traits>

namespace weir::detail {

/// May a table of `Slot` do without a column of hashes? Then key 0 marks a free place.
template <class Slot, class KeyOf>
concept bare_slot = std::is_trivially_copyable_v<Slot> && std::is_trivially_default_constructible_v<Slot> &&
                    !contains_text<Slot> &&
                    sizeof(Slot) <= 32 &&
                    std::integral<std::remove_cvref_t<std::invoke_result_t<const KeyOf&, const Slot&>>> &&
                    !std::same_as<std::remove_cvref_t<std::invoke_result_t<const KeyOf&, const Slot&>>, bool>;

/// A place of a pane_table that is nothing but the entry.
template <class Slot, class KeyOf>
struct bare_place {
  Slot value;
  Slot* slot() { return &value; }
  template <class Of, class K>
  [[gnu::always_inline]] bool holds(const Of& of, const K& key, std::uint64_t) const {
    return std::invoke(of, value) == key;
  }
  [[gnu::always_inline]] bool free(const KeyOf& of) const { return std::invoke(of, value) == 0; }
  [[nodiscard]] std::uint64_t hash(const KeyOf& of) const { return hash_key(std::invoke(of, value)); }
};

/// A place with the hash of its entry's key.
template <class Slot, class KeyOf>
struct hashed_place {
  static std::uint64_t mark_of(std::uint64_t hash) { return hash ? hash : 1; }

  std::uint64_t mark; ///< the hash; 1 instead of 0, which marks a free place
  alignas(Slot) std::byte bytes[sizeof(Slot)];
  Slot* slot() { return std::launder(reinterpret_cast<Slot*>(bytes)); }
  template <class Of, class K>
  [[gnu::always_inline]] bool holds(const Of& of, const K& key, std::uint64_t hash) {
    return mark == mark_of(hash) && std::invoke(of, std::as_const(*slot())) == key;
  }
  [[gnu::always_inline]] bool free(const KeyOf&) const { return mark == 0; }
  [[nodiscard]] std::uint64_t hash(const KeyOf& of) {
    return mark == 1 ? hash_key(std::invoke(of, std::as_const(*slot()))) : mark;
  }
};

} // namespace weir::detail
