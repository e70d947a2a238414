#pragma once

#include <bit>
#include <concepts>
#include <cstring>

namespace weir::actors {

static_assert(std::endian::native == std::endian::little, "big-endian machines need byte swaps here");

template <std::unsigned_integral T>
void store_little_endian(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

template <std::unsigned_integral T>
[[nodiscard]] T load_little_endian(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

} // namespace weir::actors
