#pragma once

#include <weir/detail/contained_text.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state/heap_bytes.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/type_name.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::detail {

/// A value as a table holds it when it would allocate: in its encoded form, which is among the texts of the
/// table. So what the state takes is known, and comes down when values get shorter, which a general allocator
/// does not give. The value is read when it is asked for, and written after it was changed.
template <class V>
struct encoded_value {
  using type = V;
  weir::text bytes;
};

template <class V>
struct own_codec<encoded_value<V>> {
  static constexpr std::size_t min_size = 1;

  static std::string name() { return type_name<V>(); }
  static std::size_t bound(const encoded_value<V>& value) { return value.bytes.size(); }
  static char* write(char* to, const encoded_value<V>& value) {
    copy_bytes(to, value.bytes.data(), value.bytes.size());
    return to + value.bytes.size();
  }
  /// All that is there, which stays where it is.
  static bool read(byte_reader& from, encoded_value<V>& value) {
    value.bytes = std::string_view{from.at, from.left()};
    from.at = from.end;
    return true;
  }
  static weir::text& text(encoded_value<V>& value) { return value.bytes; }
};

template <class T>
constexpr bool is_short();

template <class... T>
constexpr bool are_short(type_list<T...>) {
  return (is_short<T>() && ...);
}

/// Whether it costs little to read and write the whole of a value. A container may be long, and is therefore
/// changed where it is.
template <class T>
constexpr bool is_short() {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::tuple || of == type_kind::aggregate)
    return are_short(fields_t<T>{});
  else if constexpr (of == type_kind::optional || of == type_kind::array)
    return is_short<element_t<T>>();
  else
    return of == type_kind::string || of == type_kind::own || !can_allocate<T>();
}

/// How a value of a state lies in its table.
template <class V>
using stored_value_t = std::conditional_t<can_allocate<V>() && is_short<V>(), encoded_value<V>, V>;

/// Reads and writes the values that lie in a table as a `Stored`, one at a time.
template <class Stored>
class value_access {
public:
  using type = Stored;
  static constexpr bool decodes = false;
};

template <class V>
class value_access<encoded_value<V>> {
public:
  using type = V;
  static constexpr bool decodes = true;

  /// The value as it is in memory, until the next call.
  V& read(const encoded_value<V>& of, const std::string& state) {
    if (const char* fault = read_state_value(of.bytes.view(), value_))
      throw state_error{"a value of state '" + state + "' cannot be read: " + fault};
    return value_;
  }
  /// What read() gave, as it is now.
  [[nodiscard]] const V& last() const { return value_; }
  /// The encoded form, until the next call.
  std::string_view write(const V& value) {
    if (std::size_t bound = encoded_bound(value); bytes_.size() < bound)
      bytes_.resize(bound);
    return {bytes_.data(), static_cast<std::size_t>(write_value(bytes_.data(), value) - bytes_.data())};
  }

private:
  V value_{};
  std::vector<char> bytes_;
};

} // namespace weir::detail
