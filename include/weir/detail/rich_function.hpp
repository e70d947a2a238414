#pragma once

#include <weir/function_context.hpp>

#include <functional>
#include <type_traits>
#include <utility>

/// Function objects for map, filter and flat_map that are more than a call: such an operator is not made part
/// of a loop (stage.hpp), but runs as one of process does.
namespace weir::detail {

template <class F>
concept has_open = requires(F& f, function_context& context) {
  f.open(context);
}
|| requires {
  &F::open;
};

template <class F>
concept has_close = requires(F& f) {
  f.close();
};

/// Has a life of its own.
template <class F>
inline constexpr bool is_rich = has_open<F> || has_close<F>;

/// The parts of a function object that are called besides records, for an object that has it inside.
template <class F>
struct rich_function {
  F function;

  void open(function_context& context) {
    if constexpr (has_open<F>)
      open_function(function, context);
  }
  void close() { close_function(function); }
};

template <class F>
struct rich_map : rich_function<F> {
  template <class T, class Out>
  void process(T& record, Out& out) {
    out.emit(std::invoke(this->function, record));
  }
};

template <class F>
struct rich_filter : rich_function<F> {
  template <class T, class Out>
  void process(T& record, Out& out) {
    if (std::invoke(this->function, std::as_const(record)))
      out.emit(std::move(record));
  }
};

} // namespace weir::detail
