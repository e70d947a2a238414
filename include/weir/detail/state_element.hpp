#pragma once

#include <weir/detail/bytes.hpp>
#include <weir/detail/encoded_size.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/value_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// Values as the elements of operator state: see operator_states::add_elements.
namespace weir::detail {

template <class T>
void append_element(std::string& to, const T& value) {
  std::size_t start = to.size();
  to.resize(start + encoded_bound(value));
  char* end = write_value(to.data() + start, value);
  to.resize(static_cast<std::size_t>(end - to.data()));
}

/// `value` from bytes of a snapshot. Returns a sentence when they cannot be one, else an empty string.
template <class T>
std::string read_element(std::string_view bytes, T& value) {
  const char* fault = read_state_value(bytes, value);
  return fault ? fault : "";
}

} // namespace weir::detail
