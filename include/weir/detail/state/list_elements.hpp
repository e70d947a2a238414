#pragma once

#include <weir/detail/state/heap_bytes.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/type_name.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace weir::detail {

/// Elements of a list state. Their bytes tell the size of each, so that elements which have got fields since
/// a snapshot can be read: see read_state_value.
///
///     elements     count size bytes*            all of one size
///                  count 0 (size bytes)*        else
///     count, size  as a length of encoded_size.hpp; no size where there are no elements
template <class V>
struct list_elements {
  std::vector<V> all;
};

template <class V>
struct own_codec<list_elements<V>> {
  static constexpr std::size_t min_size = 1;

  static std::string name() { return "elements<" + type_name<V>() + ">"; }

  static std::size_t bound(const list_elements<V>& value) {
    std::size_t bound = 2 * length_bytes_max;
    if constexpr (fixed_size<V>)
      return bound + value.all.size() * min_encoded_size<V>();
    else
      for (const V& each : value.all)
        bound += length_bytes_max + encoded_bound(each);
    return bound;
  }

  static char* write(char* to, const list_elements<V>& value) {
    to = write_length(to, value.all.size());
    if (value.all.empty())
      return to;
    to = write_length(to, fixed_size<V> ? min_encoded_size<V>() : 0);
    for (const V& each : value.all)
      to = fixed_size<V> ? write_value(to, each) : write_sized(to, each);
    return to;
  }

  static bool read(byte_reader& from, list_elements<V>& value) {
    std::size_t count = 0, common = 0;
    value.all.clear();
    if (!read_length(from, count, 1) || (count != 0 && !read_length(from, common, count)))
      return false;
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t size = common;
      if (common == 0 && !read_length(from, size, 1))
        return false;
      if (const char* fault = read_state_value(std::string_view{from.at, size}, value.all.emplace_back()))
        return from.fail(fault);
      from.at += size;
    }
    return true;
  }

  static std::size_t heap(const list_elements<V>& value) { return heap_bytes(value.all); }

private:
  /// Behind its size: written where it stands if that takes one byte, and moved on if it takes more.
  static char* write_sized(char* to, const V& value) {
    auto size = static_cast<std::size_t>(write_value(to + 1, value) - (to + 1));
    char length[2 * length_bytes_max];
    auto length_size = static_cast<std::size_t>(write_length(length, size) - length);
    if (length_size != 1)
      std::memmove(to + length_size, to + 1, size);
    std::memcpy(to, length, length_size);
    return to + length_size + size;
  }
};

} // namespace weir::detail
