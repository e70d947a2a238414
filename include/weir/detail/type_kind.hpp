#pragma once

#include <weir/as_record.hpp>
#include <weir/detail/reflect.hpp>
#include <weir/text.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

/// Sorts the types that records are made of into kinds, so that codec, hash and text form agree on what there
/// is.
namespace weir::detail {

template <class>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;

template <class>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;

template <class>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class>
inline constexpr bool is_tuple_like = false;
template <class... T>
inline constexpr bool is_tuple_like<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool is_tuple_like<std::pair<A, B>> = true;

template <class>
inline constexpr bool is_ordered_map = false;
template <class K, class V, class C, class A>
inline constexpr bool is_ordered_map<std::map<K, V, C, A>> = true;

template <class>
inline constexpr bool is_ordered_set = false;
template <class K, class C, class A>
inline constexpr bool is_ordered_set<std::set<K, C, A>> = true;

template <class>
inline constexpr bool is_unordered_map = false;
template <class K, class V, class H, class E, class A>
inline constexpr bool is_unordered_map<std::unordered_map<K, V, H, E, A>> = true;

template <class>
inline constexpr bool is_unordered_set = false;
template <class K, class H, class E, class A>
inline constexpr bool is_unordered_set<std::unordered_set<K, H, E, A>> = true;

/// For types of this library whose encoded form is neither one of the kinds below nor that of another type.
/// Specialisations have: name(), min_size, bound(value), write(to, value), read(from, value), format(to,
/// value), with the meaning they have in encoded_size.hpp, value_writer.hpp, value_reader.hpp and
/// text_form.hpp.
template <class T>
struct own_codec;

enum class type_kind {
  own, ///< by own_codec
  boolean,
  number,      ///< integers and floating point, except long double
  enumeration, //
  string,      ///< std::string
  text,        ///< weir::text
  mapped,      ///< by as_record
  tuple,       ///< std::tuple, std::pair
  optional,    //
  vector,      //
  array,       ///< std::array, C array
  map,         //
  set,         //
  aggregate,   //
  unsupported,
};

template <class T>
constexpr type_kind kind_of() {
  if constexpr (requires { own_codec<T>::min_size; })
    return type_kind::own;
  else if constexpr (requires { typename as_record<T>::type; })
    return type_kind::mapped;
  else if constexpr (std::is_same_v<T, bool>)
    return type_kind::boolean;
  else if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, long double>)
    return type_kind::number;
  else if constexpr (std::is_enum_v<T>)
    return type_kind::enumeration;
  else if constexpr (std::is_same_v<T, std::string>)
    return type_kind::string;
  else if constexpr (std::is_same_v<T, weir::text>)
    return type_kind::text;
  else if constexpr (is_tuple_like<T>)
    return type_kind::tuple;
  else if constexpr (is_optional<T>)
    return type_kind::optional;
  else if constexpr (is_vector<T>)
    return type_kind::vector;
  else if constexpr (is_std_array<T> || std::is_bounded_array_v<T>)
    return type_kind::array;
  else if constexpr (is_ordered_map<T> || is_unordered_map<T>)
    return type_kind::map;
  else if constexpr (is_ordered_set<T> || is_unordered_set<T>)
    return type_kind::set;
  else if constexpr (plain_aggregate<T>)
    return type_kind::aggregate;
  else
    return type_kind::unsupported;
}

template <class T>
inline constexpr type_kind kind = kind_of<std::remove_cv_t<T>>();

/// The element type of vectors, arrays, sets, optionals.
template <class T>
struct element_of {
  using type = typename T::value_type;
};
template <class T, std::size_t N>
struct element_of<T[N]> {
  using type = T;
};
template <class T>
using element_t = typename element_of<T>::type;

template <class T>
inline constexpr std::size_t array_size = [] {
  if constexpr (std::is_bounded_array_v<T>)
    return std::extent_v<T>;
  else
    return std::tuple_size_v<T>;
}();

/// A list of types, to look at the fields of a tuple or an aggregate.
template <class... T>
struct type_list {};

template <class T>
struct fields_of {
  static auto list() {
    return visit_fields(*static_cast<T*>(nullptr),
                        []<class... Field>(Field&...) { return type_list<Field...>{}; });
  }
  using type = decltype(list());
};
template <class... T>
struct fields_of<std::tuple<T...>> {
  using type = type_list<T...>;
};
template <class A, class B>
struct fields_of<std::pair<A, B>> {
  using type = type_list<std::remove_cv_t<A>, B>;
};
template <class T>
using fields_t = typename fields_of<T>::type;

} // namespace weir::detail
