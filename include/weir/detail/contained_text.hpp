#pragma once

#include <weir/detail/arena.hpp>
#include <weir/detail/type_kind.hpp>

namespace weir::detail {

template <class T>
constexpr bool find_text();

template <class... T>
constexpr bool find_text_in(type_list<T...>) {
  return (find_text<T>() || ...);
}

template <class T>
constexpr bool find_text() {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::text || requires(T & value) { own_codec<T>::text(value); })
    return true;
  else if constexpr (of == type_kind::tuple || of == type_kind::aggregate)
    return find_text_in(fields_t<T>{});
  else if constexpr (of == type_kind::optional || of == type_kind::vector || of == type_kind::array ||
                     of == type_kind::set)
    return find_text<element_t<T>>();
  else if constexpr (of == type_kind::map)
    return find_text<typename T::key_type>() || find_text<typename T::mapped_type>();
  else
    return false;
}

/// Whether a value of type T can point to bytes of its batch.
template <class T>
inline constexpr bool contains_text = find_text<std::remove_cv_t<T>>();

/// Copies the bytes that long texts inside `value` point to into `bytes`, and makes them point there.
template <class T>
void rehome(T& value, arena& bytes) {
  constexpr type_kind of = kind<T>;
  if constexpr (!contains_text<T>)
    return;
  else if constexpr (of == type_kind::text) {
    if (!text_access::is_inline(value)) [[unlikely]]
      text_access::move_to(value, bytes.keep(value.view()));
  } else if constexpr (of == type_kind::tuple) {
    std::apply([&](auto&... fields) { (rehome(fields, bytes), ...); }, value);
  } else if constexpr (of == type_kind::aggregate) {
    for_each_field(value, [&](auto& field) { rehome(field, bytes); });
  } else if constexpr (of == type_kind::optional) {
    if (value)
      rehome(*value, bytes);
  } else if constexpr (of == type_kind::map) {
    for (auto& entry : value) // keys have no text: see check_record
      rehome(entry.second, bytes);
  } else {
    for (auto& element : value)
      rehome(element, bytes);
  }
}

} // namespace weir::detail
