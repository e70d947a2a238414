#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

/// Walks the fields of plain aggregates, so that a struct is a record with nothing else to write.
namespace weir::detail {

/// The most fields an aggregate record has.
inline constexpr std::size_t field_max = 24;

/// Stands for a base class of T, to try whether the aggregate has one.
template <class T>
struct any_base {
  template <class Base>
  requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>) operator Base() const;
};

/// Counts how many `{}` the aggregate takes: each stands for one field, a C array included.
template <class T>
constexpr std::size_t count_fields() {
  // clang-format off
  if constexpr (!requires { T{{}}; }) { return 0; }
  else if constexpr (!requires { T{{}, {}}; }) { return 1; }
  else if constexpr (!requires { T{{}, {}, {}}; }) { return 2; }
  else if constexpr (!requires { T{{}, {}, {}, {}}; }) { return 3; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}}; }) { return 4; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}}; }) { return 5; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}}; }) { return 6; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}}; }) { return 7; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 8; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 9; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 10; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 11; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 12; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 13; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 14; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 15; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 16; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 17; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 18; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 19; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 20; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 21; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 22; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 23; }
  else if constexpr (!requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) { return 24; }
  else { return field_max + 1; }
  // clang-format on
}

template <class T>
inline constexpr bool has_base = requires {
  T{any_base<T>{}};
};

/// A struct whose fields can be walked: an aggregate without base classes.
template <class T>
concept plain_aggregate = std::is_aggregate_v<T> && std::is_class_v<T> && !has_base<T>;

template <class T>
inline constexpr std::size_t field_count = count_fields<std::remove_cv_t<T>>();

/// Calls `f` once with references to all fields, in the order they are declared.
template <class T, class F>
constexpr decltype(auto) visit_fields(T& value, F&& f) {
  constexpr std::size_t count = field_count<T>;
  static_assert(count <= field_max,
                "a record struct has at most 24 fields: put some into a struct of their own");
  // clang-format off
  if constexpr (count == 0) { return f(); }
  else if constexpr (count == 1) { auto& [a] = value; return f(a); }
  else if constexpr (count == 2) { auto& [a, b] = value; return f(a, b); }
  else if constexpr (count == 3) { auto& [a, b, c] = value; return f(a, b, c); }
  else if constexpr (count == 4) { auto& [a, b, c, d] = value; return f(a, b, c, d); }
  else if constexpr (count == 5) { auto& [a, b, c, d, e] = value; return f(a, b, c, d, e); }
  else if constexpr (count == 6) { auto& [a, b, c, d, e, g] = value; return f(a, b, c, d, e, g); }
  else if constexpr (count == 7) { auto& [a, b, c, d, e, g, h] = value; return f(a, b, c, d, e, g, h); }
  else if constexpr (count == 8) { auto& [a, b, c, d, e, g, h, i] = value; return f(a, b, c, d, e, g, h, i); }
  else if constexpr (count == 9) { auto& [a, b, c, d, e, g, h, i, j] = value; return f(a, b, c, d, e, g, h, i, j); }
  else if constexpr (count == 10) { auto& [a, b, c, d, e, g, h, i, j, k] = value; return f(a, b, c, d, e, g, h, i, j, k); }
  else if constexpr (count == 11) { auto& [a, b, c, d, e, g, h, i, j, k, l] = value; return f(a, b, c, d, e, g, h, i, j, k, l); }
  else if constexpr (count == 12) { auto& [a, b, c, d, e, g, h, i, j, k, l, m] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m); }
  else if constexpr (count == 13) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n); }
  else if constexpr (count == 14) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o); }
  else if constexpr (count == 15) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p); }
  else if constexpr (count == 16) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q); }
  else if constexpr (count == 17) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r); }
  else if constexpr (count == 18) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s); }
  else if constexpr (count == 19) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t); }
  else if constexpr (count == 20) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u); }
  else if constexpr (count == 21) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v); }
  else if constexpr (count == 22) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w); }
  else if constexpr (count == 23) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x); }
  else { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y] = value; return f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y); }
  // clang-format on
}

/// Calls `f` with each field in turn.
template <class T, class F>
constexpr void for_each_field(T& value, F&& f) {
  visit_fields(value, [&](auto&... fields) { (f(fields), ...); });
}

/// The position of the field that `member` points to.
template <class T, class Field>
std::size_t field_index(Field T::*member) {
  T probe{};
  std::size_t index = 0, found = 0;
  for_each_field(probe, [&]<class Other>(Other& field) {
    if constexpr (std::is_same_v<Other, Field>)
      if (&field == &(probe.*member))
        found = index;
    ++index;
  });
  return found;
}

} // namespace weir::detail
