#pragma once

#include <weir/detail/codec.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace weir::testing {

/// A record that is copied bytewise.
struct entry {
  std::uint64_t key = 0;
  std::uint64_t value = 0;
  auto operator<=>(const entry&) const = default;
};

/// A record whose encoded form has any length.
struct note {
  std::string text;
  std::uint64_t number = 0;
  auto operator<=>(const note&) const = default;
};

template <class T>
detail::batch_ptr make_batch(const std::vector<T>& records) {
  const auto& type = detail::record_type_of<T>();
  detail::batch_ptr made = type.make_batch(type);
  auto& batch = static_cast<detail::batch<T>&>(*made);
  for (const T& record : records)
    batch.values()[batch.size++] = record;
  return made;
}

template <class T>
std::vector<T> records_of(const detail::batch_base& base) {
  auto& batch = static_cast<const detail::batch<T>&>(base);
  return {batch.values(), batch.values() + batch.size};
}

inline std::vector<entry> random_entries(std::mt19937_64& random, std::uint32_t most) {
  std::vector<entry> made(1 + random() % most);
  for (entry& one : made)
    one = {random() % 100, random()};
  return made;
}

inline std::vector<note> random_notes(std::mt19937_64& random, std::uint32_t most, std::size_t longest) {
  std::vector<note> made(1 + random() % most);
  for (note& one : made)
    one = {std::string(random() % (longest + 1), static_cast<char>('a' + random() % 26)), random()};
  return made;
}

} // namespace weir::testing
