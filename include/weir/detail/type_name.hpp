#pragma once

#include <weir/detail/type_kind.hpp>

#include <string>
#include <type_traits>

namespace weir::detail {

template <class T>
std::string type_name();

template <class... T>
std::string type_names(type_list<T...>) {
  std::string names;
  ((names += names.empty() ? type_name<T>() : "," + type_name<T>()), ...);
  return names;
}

/// What a type is made of, as people and the graph's fingerprint see it: "struct{text,i64}". Two types of the
/// same name have the same encoded form.
template <class T>
std::string type_name() {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::own)
    return own_codec<T>::name();
  else if constexpr (of == type_kind::mapped)
    return type_name<typename as_record<T>::type>();
  else if constexpr (of == type_kind::boolean)
    return "bool";
  else if constexpr (std::is_same_v<T, char>)
    return "char";
  else if constexpr (of == type_kind::number)
    return (std::is_floating_point_v<T> ? "f"
            : std::is_signed_v<T>       ? "i"
                                        : "u") +
           std::to_string(8 * sizeof(T));
  else if constexpr (of == type_kind::enumeration)
    return "enum:" + type_name<std::underlying_type_t<T>>();
  else if constexpr (of == type_kind::string)
    return "string";
  else if constexpr (of == type_kind::text)
    return "text";
  else if constexpr (of == type_kind::tuple)
    return "tuple{" + type_names(fields_t<T>{}) + "}";
  else if constexpr (of == type_kind::aggregate)
    return "struct{" + type_names(fields_t<T>{}) + "}";
  else if constexpr (of == type_kind::optional)
    return "optional<" + type_name<element_t<T>>() + ">";
  else if constexpr (of == type_kind::vector)
    return "vector<" + type_name<element_t<T>>() + ">";
  else if constexpr (of == type_kind::array)
    return type_name<element_t<T>>() + "[" + std::to_string(array_size<T>) + "]";
  else if constexpr (of == type_kind::set)
    return "set<" + type_name<element_t<T>>() + ">";
  else
    return "map<" + type_name<typename T::key_type>() + "," + type_name<typename T::mapped_type>() + ">";
}

} // namespace weir::detail
