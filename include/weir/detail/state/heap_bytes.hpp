#pragma once

#include <weir/detail/encoded_size.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>

/// What values have allocated, as the allocator counts it.
namespace weir::detail {

/// Bytes that an allocation of `size` takes: glibc's blocks of 16 bytes with a header of 8.
inline std::size_t allocated_bytes(std::size_t size) {
  return size == 0 ? 0 : size <= 24 ? 32 : (size + 8 + 15) / 16 * 16;
}

template <class T>
constexpr bool can_allocate();

template <class... T>
constexpr bool can_any_allocate(type_list<T...>) {
  return (can_allocate<T>() || ...);
}

template <class T>
constexpr bool can_allocate() {
  constexpr type_kind of = kind<T>;
  if constexpr (std::is_trivially_copyable_v<T>)
    return false;
  else if constexpr (of == type_kind::tuple || of == type_kind::aggregate)
    return can_any_allocate(fields_t<T>{});
  else if constexpr (of == type_kind::optional || of == type_kind::array)
    return can_allocate<element_t<T>>();
  else
    return true;
}

template <class T>
std::size_t heap_bytes(const T& value);

/// Of the elements of a container; of long ones the first stand for all.
template <class Range>
std::size_t elements_heap_bytes(const Range& elements) {
  constexpr std::size_t looked_at_max = 16;
  std::size_t bytes = 0, looked_at = 0;
  for (const auto& element : elements) {
    bytes += heap_bytes(element);
    if (++looked_at == looked_at_max)
      break;
  }
  return looked_at == 0 ? 0 : bytes * std::size(elements) / looked_at;
}

/// Bytes on the heap that belong to a value.
template <class T>
std::size_t heap_bytes(const T& value) {
  constexpr type_kind of = kind<T>;
  if constexpr (!can_allocate<T>()) {
    return 0;
  } else if constexpr (std::is_same_v<T, std::string>) {
    static const std::size_t inside = std::string{}.capacity();
    return value.capacity() > inside ? allocated_bytes(value.capacity() + 1) : 0;
  } else if constexpr (of == type_kind::tuple) {
    return std::apply([](const auto&... fields) { return (heap_bytes(fields) + ... + 0); }, value);
  } else if constexpr (of == type_kind::aggregate) {
    return visit_fields(value, [](const auto&... fields) { return (heap_bytes(fields) + ... + 0); });
  } else if constexpr (of == type_kind::optional) {
    return value ? heap_bytes(*value) : 0;
  } else if constexpr (of == type_kind::array) {
    return elements_heap_bytes(value);
  } else if constexpr (of == type_kind::vector) {
    if constexpr (std::is_same_v<element_t<T>, bool>)
      return allocated_bytes(value.capacity() / 8);
    else
      return allocated_bytes(value.capacity() * sizeof(element_t<T>)) +
             (can_allocate<element_t<T>>() ? elements_heap_bytes(value) : 0);
  } else if constexpr (of == type_kind::map || of == type_kind::set) {
    constexpr std::size_t links = 4 * sizeof(void*);
    return value.size() * allocated_bytes(sizeof(typename T::value_type) + links) +
           elements_heap_bytes(value);
  } else if constexpr (requires { own_codec<T>::heap(value); }) {
    return own_codec<T>::heap(value);
  } else {
    return allocated_bytes(encoded_bound(value));
  }
}

} // namespace weir::detail
