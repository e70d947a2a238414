#pragma once

#include <weir/detail/operator.hpp>
#include <weir/function_context.hpp>

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

/// The ways to write a function object that the API knows, tried in the order of what they take.
namespace weir::detail {

/// process(record, context, out), process(record, out), or the same as a call operator.
template <class F, class Record, class Context, class Out>
concept processes = requires(F& f, Record& record, Context& context, Out& out) {
  f.process(record, context, out);
}
|| requires(F& f, Record& record, Out& out) {
  f.process(record, out);
}
|| std::invocable<F&, Record&, Context&, Out&> || std::invocable<F&, Record&, Out&>;

template <class F, class Record, class Context, class Out>
[[gnu::always_inline]] inline void call_process(F& f, Record& record, Context& context, Out& out) {
  if constexpr (requires { f.process(record, context, out); })
    f.process(record, context, out);
  else if constexpr (requires { f.process(record, out); })
    f.process(record, out);
  else if constexpr (std::invocable<F&, Record&, Context&, Out&>)
    std::invoke(f, record, context, out);
  else
    std::invoke(f, record, out);
}

/// A function with on_timer can have timers.
template <class F, class Context, class Out>
concept has_on_timer = requires(F& f, event_time time, Context& context, Out& out) {
  f.on_timer(time, context, out);
};

/// A function object of two inputs: process1 and process2, each of (record, context, out) or (record, out).
template <class F, class Record, class Context, class Out>
concept processes_first = requires(F& f, Record& record, Context& context, Out& out) {
  f.process1(record, context, out);
}
|| requires(F& f, Record& record, Out& out) {
  f.process1(record, out);
};

template <class F, class Record, class Context, class Out>
concept processes_second = requires(F& f, Record& record, Context& context, Out& out) {
  f.process2(record, context, out);
}
|| requires(F& f, Record& record, Out& out) {
  f.process2(record, out);
};

template <class F, class Record, class Context, class Out>
[[gnu::always_inline]] inline void call_first(F& f, Record& record, Context& context, Out& out) {
  if constexpr (requires { f.process1(record, context, out); })
    f.process1(record, context, out);
  else
    f.process1(record, out);
}

template <class F, class Record, class Context, class Out>
[[gnu::always_inline]] inline void call_second(F& f, Record& record, Context& context, Out& out) {
  if constexpr (requires { f.process2(record, context, out); })
    f.process2(record, context, out);
  else
    f.process2(record, out);
}

/// Two functions as one object of two inputs. Those of a map return the record.
template <class F1, class F2>
struct two_functions {
  [[no_unique_address]] F1 first;
  [[no_unique_address]] F2 second;

  void open(auto& context) {
    open_function(first, context);
    open_function(second, context);
  }
  void close() {
    close_function(first);
    close_function(second);
  }

  template <class Record, class Context, class Out>
  requires processes<F1, Record, Context, Out>
  void process1(Record& record, Context& context, Out& out) { call_process(first, record, context, out); }
  template <class Record, class Context, class Out>
  requires processes<F2, Record, Context, Out>
  void process2(Record& record, Context& context, Out& out) { call_process(second, record, context, out); }
};

template <class F1, class F2>
struct two_maps {
  [[no_unique_address]] F1 first;
  [[no_unique_address]] F2 second;

  void open(auto& context) {
    open_function(first, context);
    open_function(second, context);
  }
  void close() {
    close_function(first);
    close_function(second);
  }

  template <class Record, class Out>
  void process1(Record& record, Out& out) {
    out.emit(std::invoke(first, record));
  }
  template <class Record, class Out>
  void process2(Record& record, Out& out) {
    out.emit(std::invoke(second, record));
  }
};

/// Is it enough to call `f(record, out)` for each record: without context, open and timers?
template <class F, class Record, class Opening, class Context, class Out>
inline constexpr bool is_plain_function = !requires(F & f, Opening& opening) {
  f.open(opening);
}
&&!has_on_timer<F, Context, Out> && !requires(F & f, Record& record, Context& context, Out& out) {
  f.process(record, context, out);
}
&&(requires(F& f, Record& record, Out& out) { f.process(record, out); } ||
   !std::invocable<F&, Record&, Context&, Out&>);

} // namespace weir::detail
