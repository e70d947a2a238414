#pragma once

#include <weir/detail/codec.hpp>
#include <weir/detail/hash.hpp>
#include <weir/detail/ordered_bytes.hpp>
#include <weir/detail/state/heap_bytes.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

/// What tables hold. An entry type says how a table's records look, are found and become bytes:
///
///     record                         what a slot holds
///     spread_by_key                  the hash is that of the operator's key, so places follow key groups
///     listed                         records have a position in the list of their key's records
///     key(record)                    what a lookup is compared with
///     make(lookup)                   a record with that key
///     write_lookup(bytes, lookup)    as write_key does for the record
///     hash(record)                   of the record, as the lookup's
///     group_hash(record, hash)       of the operator's key
///     write_key(bytes, record)       appends the ordered form of what the table is keyed by
///     value(record)                  what the value column holds
///     allocates, heap(record)        whether records have memory of their own, and how many bytes
///     read_key(reader, record)       the reverse of write_key, of any bytes; false after setting the fault
namespace weir::detail {

/// How a key lies in a table: a string as a text whose bytes the table has, so that the record stays flat.
template <class K>
struct stored_key {
  using type = K;
};
template <>
struct stored_key<std::string> {
  using type = weir::text;
};
template <class K>
using stored_key_t = typename stored_key<K>::type;

/// The name of a key's type in snapshots. A text is a string there, since both have the same bytes.
template <class K>
std::string key_type_name() {
  return type_name<std::conditional_t<std::is_same_v<K, weir::text>, std::string, K>>();
}

/// One value per key.
template <class K, class V>
struct value_entry {
  struct record {
    stored_key_t<K> key;
    V value;
  };
  static constexpr bool spread_by_key = true;
  static constexpr bool listed = false;

  static constexpr bool allocates = can_allocate<stored_key_t<K>>() || can_allocate<V>();
  static std::size_t heap(const record& of) { return heap_bytes(of.key) + heap_bytes(of.value); }

  static record make(const K& key) { return {stored_key_t<K>(key), V{}}; }
  static void write_lookup(auto& to, const auto& key) { append_ordered(to, key); }

  [[gnu::always_inline]] const stored_key_t<K>& key(const record& of) const { return of.key; }
  std::uint64_t hash(const record& of) const { return hash_key(of.key); }
  std::uint64_t group_hash(const record&, std::uint64_t hash) const { return hash; }
  void write_key(auto& to, const record& of) const { append_ordered(to, of.key); }
  template <class Record>
  static auto& value(Record& of) {
    return of.value;
  }
  bool read_key(byte_reader& from, record& to) const { return read_ordered(from, to.key); }
};

/// What a lookup in a table of two-part keys is compared with.
template <class K, class UK>
struct key_pair {
  const K& key;
  const UK& user_key;
};

/// A lookup by the place in the list of a key's entries.
template <class K>
struct listed_place {
  const K& key;
  std::uint32_t position;
};

template <class K, class UK>
struct listed_key {
  const K& key;
  const UK& user_key;
  std::uint32_t position;
};

template <class K, class UK>
bool operator==(const listed_key<K, UK>& a, const listed_key<K, UK>& b) {
  return a.key == b.key && a.user_key == b.user_key;
}
template <class K, class UK, class A, class B>
bool operator==(const listed_key<K, UK>& a, const key_pair<A, B>& b) {
  return a.key == b.key && a.user_key == b.user_key;
}
template <class K, class UK, class A>
bool operator==(const listed_key<K, UK>& a, const listed_place<A>& b) {
  return a.position == b.position && a.key == b.key;
}

/// Several values per key, told apart by a user key. `Listed`: the entries of a key can be walked.
template <class K, class UK, class V, bool Listed>
struct map_entry {
  struct record {
    stored_key_t<K> key;
    stored_key_t<UK> user_key;
    std::uint32_t position; ///< in the list of the key's entries
    V value;
  };
  static constexpr bool spread_by_key = false;
  static constexpr bool listed = Listed;

  static constexpr bool allocates =
      can_allocate<stored_key_t<K>>() || can_allocate<stored_key_t<UK>>() || can_allocate<V>();
  static std::size_t heap(const record& of) {
    return heap_bytes(of.key) + heap_bytes(of.user_key) + heap_bytes(of.value);
  }

  static std::uint64_t hash(std::uint64_t key_hash, const auto& user_key) {
    return hash_combine(key_hash, hash_key(user_key));
  }
  template <class A, class B>
  static record make(const key_pair<A, B>& key) {
    return {stored_key_t<K>(key.key), stored_key_t<UK>(key.user_key), 0, V{}};
  }
  template <class A, class B>
  static void write_lookup(auto& to, const key_pair<A, B>& key) {
    append_ordered(to, key.key);
    append_ordered(to, key.user_key);
  }

  listed_key<stored_key_t<K>, stored_key_t<UK>> key(const record& of) const {
    return {of.key, of.user_key, of.position};
  }
  std::uint64_t hash(const record& of) const { return hash(hash_key(of.key), of.user_key); }
  std::uint64_t group_hash(const record& of, std::uint64_t) const { return hash_key(of.key); }
  void write_key(auto& to, const record& of) const {
    append_ordered(to, of.key);
    append_ordered(to, of.user_key);
  }
  template <class Record>
  static auto& value(Record& of) {
    return of.value;
  }
  bool read_key(byte_reader& from, record& to) const {
    return read_ordered(from, to.key) && read_ordered(from, to.user_key);
  }
};

/// A record of a stream that has its key inside; `Key` reads it.
template <class T, class Key>
struct record_entry {
  using record = T;
  static constexpr bool spread_by_key = true;
  static constexpr bool listed = false;

  static constexpr bool allocates = can_allocate<T>();
  static std::size_t heap(const T& of) { return heap_bytes(of); }

  static T make(const auto&) { return T{}; }
  static void write_lookup(auto& to, const auto& key) { append_ordered(to, key); }

  [[gnu::always_inline]] decltype(auto) key(const T& of) const { return std::invoke(key_of, of); }
  std::uint64_t hash(const T& of) const { return hash_key(key(of)); }
  std::uint64_t group_hash(const T&, std::uint64_t hash) const { return hash; }
  void write_key(auto& to, const T& of) const { append_ordered(to, key(of)); }
  template <class Record>
  static Record& value(Record& of) {
    return of;
  }
  bool read_key(byte_reader& from, T&) const {
    std::remove_cvref_t<decltype(std::invoke(key_of, std::declval<const T&>()))> skipped{};
    return read_ordered(from, skipped);
  }

  [[no_unique_address]] Key key_of;
};

template <class Entry>
using entry_key_t = std::remove_cvref_t<decltype(std::declval<const Entry&>().key(
    std::declval<const typename Entry::record&>()))>;

/// Records of 16 bytes with an integer key inside lie four to a cache line; others beside their hash.
template <class Entry>
inline constexpr bool
    lies_in_lines = std::is_trivially_copyable_v<typename Entry::record>&&
                        std::is_trivially_default_constructible_v<typename Entry::record> &&
                    sizeof(typename Entry::record) == 16 && std::integral<entry_key_t<Entry>> &&
                    sizeof(entry_key_t<Entry>) == 8 && !contains_text<typename Entry::record>;

} // namespace weir::detail
