#pragma once

#include <weir/detail/contained_text.hpp>

#include <string_view>

namespace weir::detail {

template <class T>
constexpr bool check_record();

template <class... T>
constexpr bool check_records(type_list<T...>) {
  return (check_record<T>() && ...);
}

/// True for a type that can be a record; for any other a compile error that says what to do.
template <class T>
constexpr bool check_record() {
  constexpr type_kind of = kind<T>;
  constexpr bool borrows = std::is_same_v<T, std::string_view> || std::is_same_v<T, const char*>;
  constexpr bool refers = !borrows && (std::is_pointer_v<T> || std::is_reference_v<T>);
  constexpr bool derives = std::is_aggregate_v<T> && std::is_class_v<T> && of == type_kind::unsupported;
  static_assert(
      !borrows,
      "a record owns its bytes: use std::string or weir::text in place of std::string_view and const char*");
  static_assert(
      !refers,
      "a record can be sent to another process, so it has no pointers or references: use the value itself");
  static_assert(
      !derives,
      "a record struct has no base classes: make the base a field, or specialise weir::as_record for it");
  static_assert(
      borrows || refers || derives || of != type_kind::unsupported,
      "this type cannot be (part of) a record: use bool, numbers, enums, std::string, weir::text, structs "
      "with public fields, std::tuple, pair, optional, vector, array, map, unordered_map, set and "
      "unordered_set of these, or specialise weir::as_record for it");
  if constexpr (of == type_kind::unsupported) {
    return false;
  } else {
    static_assert(std::is_bounded_array_v<T> || std::is_default_constructible_v<T>,
                  "a record needs a default constructor: batches reuse their values");
    static_assert(std::is_bounded_array_v<T> || std::is_copy_assignable_v<T>,
                  "a record can be copied by assignment: it has no const or reference fields");
    if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
      return check_records(fields_t<T>{});
    } else if constexpr (of == type_kind::mapped) {
      using mapped = typename as_record<T>::type;
      static_assert(!contains_text<mapped>,
                    "weir::as_record<T>::type has no weir::text inside: use std::string");
      return check_record<mapped>();
    } else if constexpr (of == type_kind::map) {
      static_assert(!contains_text<typename T::key_type>,
                    "the keys of a map inside a record are std::string, not "
                    "weir::text");
      return check_record<typename T::key_type>() && check_record<typename T::mapped_type>();
    } else if constexpr (of == type_kind::set) {
      static_assert(!contains_text<element_t<T>>,
                    "the elements of a set inside a record are std::string, not "
                    "weir::text");
      return check_record<element_t<T>>();
    } else if constexpr (of == type_kind::optional || of == type_kind::vector || of == type_kind::array) {
      return check_record<element_t<T>>();
    } else {
      return true;
    }
  }
}

} // namespace weir::detail
