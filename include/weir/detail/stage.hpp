#pragma once

#include <weir/collector.hpp>

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

/// The steps of a chain that become one loop. A stage is a type that knows its predecessor, so that the
/// compiler sees the whole way of a record from the head's batch to the output batch and inlines the user's
/// functions.
///
/// A filter or flat_map is always the last step of its loop. What would follow a filter inside the loop would
/// need a branch per record, which the processor mispredicts; written to the next batch without a branch it
/// is up to four times as fast (docs/benchmarks.md).
///
/// An emitter is what a stage writes to: emit(value) and emit_if(value, keep).
namespace weir::detail {

/// What a record becomes in a stream: a view of bytes becomes a text that owns its place in the batch.
template <class T>
struct record_of {
  using type = T;
};
template <>
struct record_of<std::string_view> {
  using type = text;
};
template <class T>
using record_of_t = typename record_of<std::decay_t<T>>::type;

/// The beginning of a loop: passes its input on.
struct identity_stage {
  template <class X, class Emitter>
  [[gnu::always_inline]] void run(X&& value, Emitter& to) {
    to.emit(std::forward<X>(value));
  }
};

/// A step with the user's function behind the steps before it. `Kind` says what the function's result means.
template <class Previous, class F, class Kind>
struct function_stage {
  [[no_unique_address]] Previous previous;
  [[no_unique_address]] F function;

  template <class X, class Emitter>
  [[gnu::always_inline]] void run(X&& value, Emitter& to) {
    typename Kind::template step<F, Emitter> next{function, to};
    previous.run(std::forward<X>(value), next);
  }
};

struct map_kind {
  template <class F, class Emitter>
  struct step {
    F& function;
    Emitter& to;

    template <class X>
    [[gnu::always_inline]] void emit(X&& value) {
      to.emit(std::invoke(function, std::forward<X>(value)));
    }
  };
};

struct filter_kind {
  template <class F, class Emitter>
  struct step {
    F& function;
    Emitter& to;

    template <class X>
    [[gnu::always_inline]] void emit(X&& value) {
      bool keep = std::invoke(function, std::as_const(value));
      to.emit_if(std::forward<X>(value), keep);
    }
  };
};

struct flat_map_kind {
  template <class F, class Emitter>
  struct step {
    F& function;
    Emitter& to;

    template <class X>
    [[gnu::always_inline]] void emit(X&& value) {
      std::invoke(function, std::forward<X>(value), to);
    }
  };
};

template <class Previous, class F>
using map_stage = function_stage<Previous, F, map_kind>;
template <class Previous, class F>
using filter_stage = function_stage<Previous, F, filter_kind>;
template <class Previous, class F>
using flat_map_stage = function_stage<Previous, F, flat_map_kind>;

/// Does a stage emit at most one record for each of its input?
template <class Stage>
inline constexpr bool emits_at_most_one = true;
template <class Previous, class F>
inline constexpr bool emits_at_most_one<flat_map_stage<Previous, F>> = false;

/// Writes to an array that is known to be long enough.
template <class T>
struct array_emitter {
  T* values;
  arena* bytes;
  std::uint32_t size = 0;

  template <class X>
  [[gnu::always_inline]] void emit(X&& value) {
    put(std::forward<X>(value));
    ++size;
  }

  template <class X>
  [[gnu::always_inline]] void emit_if(X&& value, bool keep) {
    if constexpr (branch_free<T> && !contains_text<T>) {
      values[size] = value;
      size += keep;
    } else if (keep) {
      emit(std::forward<X>(value));
    }
  }

private:
  template <class X>
  [[gnu::always_inline]] void put(X&& value) {
    // In place, a value may be its own destination; a std::string must not be moved to itself.
    if constexpr (std::same_as<std::remove_cvref_t<X>, T> && !std::is_trivially_copyable_v<T>) {
      if (std::addressof(value) == values + size)
        return;
    }
    if constexpr (std::same_as<std::remove_cvref_t<X>, T> && std::is_lvalue_reference_v<X> &&
                  !std::is_const_v<std::remove_reference_t<X>>)
      values[size] = std::move(value);
    else
      assign_value(values[size], std::forward<X>(value));
    if constexpr (contains_text<T>)
      rehome(values[size], *bytes);
  }
};

} // namespace weir::detail
