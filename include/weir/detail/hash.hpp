#pragma once

#include <weir/detail/bytes.hpp>
#include <weir/detail/type_kind.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

/// Key hashes and key groups.
///
/// The hash of a key decides which subtask works on it and in which part of a snapshot its state lies. So it
/// is part of the formats: the same in every process and every version, held by fixed values in the tests.
/// Equal keys have equal hashes also across std::string, std::string_view and weir::text, and across the
/// integer types.
///
///     63        48 47                    0
///     │ key group │ place in state tables │     tables must not use the upper 16 bits: within one subtask
///                                               they are nearly constant
namespace weir::detail {

/// The hash of a sequence that continues with an element of hash `next`.
constexpr std::uint64_t hash_combine(std::uint64_t before, std::uint64_t next) {
  return multiply_fold(before ^ hash_seed_1, hash_integer(next) ^ hash_seed_2);
}

template <class T>
std::uint64_t hash_key(const T& key);

template <class T>
std::uint64_t hash_number(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    double number = value;
    if (number == 0)
      number = 0.0; // -0.0 is equal to it
    else if (std::isnan(number))
      number = std::numeric_limits<double>::quiet_NaN();
    return hash_integer(std::bit_cast<std::uint64_t>(number));
  } else if constexpr (std::is_signed_v<T>) {
    return hash_integer(static_cast<std::uint64_t>(std::int64_t{value}));
  } else {
    return hash_integer(std::uint64_t{value});
  }
}

template <class Range>
std::uint64_t hash_sequence(const Range& values, std::size_t size) {
  std::uint64_t hash = hash_integer(size);
  for (const auto& value : values)
    hash = hash_combine(hash, hash_key<std::remove_cvref_t<decltype(value)>>(value));
  return hash;
}

/// A single field hashes as its value does.
template <class First, class... Rest>
std::uint64_t hash_fields(const First& first, const Rest&... rest) {
  std::uint64_t hash = hash_key(first);
  ((hash = hash_combine(hash, hash_key(rest))), ...);
  return hash;
}
inline std::uint64_t hash_fields() {
  return 0;
}

/// Hash of a key of any kind that has an equality which follows from its parts.
template <class T>
std::uint64_t hash_key(const T& key) {
  constexpr type_kind of = kind<T>;
  if constexpr (std::is_same_v<T, std::string_view>) {
    return hash_bytes(key.data(), key.size());
  } else if constexpr (of == type_kind::mapped) {
    return hash_key<typename as_record<T>::type>(as_record<T>::to(key));
  } else if constexpr (of == type_kind::boolean) {
    return hash_integer(key ? 1 : 0);
  } else if constexpr (of == type_kind::number) {
    return hash_number(key);
  } else if constexpr (of == type_kind::enumeration) {
    return hash_key(static_cast<std::underlying_type_t<T>>(key));
  } else if constexpr (of == type_kind::string) {
    return hash_bytes(key.data(), key.size());
  } else if constexpr (of == type_kind::text) {
    return key.hash();
  } else if constexpr (of == type_kind::tuple) {
    return std::apply([](const auto&... fields) { return hash_fields(fields...); }, key);
  } else if constexpr (of == type_kind::optional) {
    return key ? hash_combine(1, hash_key(*key)) : hash_integer(2);
  } else if constexpr (of == type_kind::vector) {
    return hash_sequence(key, key.size());
  } else if constexpr (of == type_kind::array) {
    return hash_sequence(key, array_size<T>);
  } else if constexpr (is_ordered_map<T> || is_ordered_set<T>) {
    return hash_sequence(key, key.size());
  } else if constexpr (of == type_kind::aggregate) {
    return visit_fields(key, [](const auto&... fields) { return hash_fields(fields...); });
  } else {
    static_assert(
        of != type_kind::map && of != type_kind::set,
        "an unordered map or set cannot be a key, since equal ones can differ in order: use std::map or "
        "std::set");
    static_assert(
        of != type_kind::unsupported,
        "this type cannot be a key: use a number, a string, a struct or tuple of them, or specialise "
        "weir::as_record for it");
    return 0;
  }
}

/// The key group of a key: where its state belongs, whatever the parallelism. Below `max_parallelism`, which
/// is at most 65536.
constexpr std::uint32_t key_group(std::uint64_t hash, std::uint32_t max_parallelism) {
  return static_cast<std::uint32_t>(((hash >> 48) * max_parallelism) >> 16);
}

/// The subtask that owns a key group: each subtask has a contiguous range of them.
constexpr std::uint32_t subtask_of(std::uint32_t key_group, std::uint32_t max_parallelism,
                                   std::uint32_t parallelism) {
  return static_cast<std::uint32_t>(std::uint64_t{key_group} * parallelism / max_parallelism);
}

} // namespace weir::detail
