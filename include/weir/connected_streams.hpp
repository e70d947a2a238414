#pragma once

#include <weir/detail/co_process_operator.hpp>
#include <weir/detail/graph_builder.hpp>
#include <weir/detail/key_type.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace weir {

template <class T>
class stream;

/// Two streams that one function reads, so that what it learns from one changes what it does with the other:
/// `a.connect(b)`. Records of the two come in no particular order; event time is the lesser of theirs.
template <class T1, class T2>
class connected_streams {
public:
  connected_streams(detail::upstream first, detail::upstream second)
      : first_{std::move(first)}, second_{std::move(second)} {}

  /// `f1(record of the first)` and `f2(record of the second)` return the new records, of one type.
  template <class F1, class F2>
  auto map(F1 f1, F2 f2) const {
    static_assert(std::invocable<F1&, T1&> && std::invocable<F2&, T2&>,
                  "map takes a function of a record of the first stream and one of a record of the second");
    using out = detail::record_of_t<std::invoke_result_t<F1&, T1&>>;
    static_assert(std::is_same_v<out, detail::record_of_t<std::invoke_result_t<F2&, T2&>>>,
                  "both functions of a map return records of the same type");
    return add<out>("co_map", detail::two_maps<F1, F2>{std::move(f1), std::move(f2)});
  }

  /// `f1(record, out)` and `f2(record, out)` call `out.emit(…)` as often as they like.
  template <class Out, class F1, class F2>
  stream<Out> flat_map(F1 f1, F2 f2) const {
    return process<Out>(std::move(f1), std::move(f2), "co_flat_map");
  }

  /// The same, also of `(record, context, out)` with a weir::record_context.
  template <class Out, class F1, class F2>
  stream<Out> process(F1 f1, F2 f2, const char* kind = "co_process") const {
    using out = collector<Out>;
    static_assert(detail::processes<F1, T1, record_context, out> &&
                      detail::processes<F2, T2, record_context, out>,
                  "takes two functions of (record, out) or (record, context, out): one for each stream");
    return add<Out>(kind, detail::two_functions<F1, F2>{std::move(f1), std::move(f2)});
  }

  /// Runs a function object with `process1` and `process2`, each of `(record, out)` or
  /// `(record, context, out)`; else as stream::process.
  template <class Out, class F>
  stream<Out> process(F f) const {
    using out = collector<Out>;
    static_assert(detail::processes_first<F, T1, record_context, out>,
                  "the function object needs process1(record of the first stream, out), or with a "
                  "weir::record_context& between the two");
    static_assert(detail::processes_second<F, T2, record_context, out>,
                  "the function object needs process2(record of the second stream, out), or with a "
                  "weir::record_context& between the two");
    return add<Out>("co_process", std::move(f));
  }

private:
  template <class Out, class F>
  stream<Out> add(const char* kind, F f) const {
    auto node = detail::add_node({first_, second_}, kind, &detail::record_type_of<Out>(), [f] {
      return std::make_unique<detail::co_process_operator<T1, T2, Out, F>>(f);
    });
    return stream<Out>{detail::upstream::of(first_.env, node)};
  }

  detail::upstream first_;
  detail::upstream second_;
};

/// Two keyed streams that one function reads: records with equal keys of both meet, with their state and
/// timers.
template <class T1, class KeyOf1, class T2, class KeyOf2>
class keyed_connected_streams {
  using key = detail::key_type<T1, KeyOf1>;
  using context = keyed_context<key>;
  static_assert(
      std::is_same_v<key, detail::key_type<T2, KeyOf2>>,
      "connected streams need keys of the same type: let one of the two key_by functions convert it");

public:
  keyed_connected_streams(detail::upstream first, KeyOf1 key1, detail::upstream second, KeyOf2 key2)
      : first_{std::move(first)},
        key1_{std::move(key1)},
        second_{std::move(second)},
        key2_{std::move(key2)} {}

  /// As in connected_streams.
  template <class F1, class F2>
  auto map(F1 f1, F2 f2) const {
    return connected_streams<T1, T2>{first_, second_}.map(std::move(f1), std::move(f2));
  }
  template <class Out, class F1, class F2>
  stream<Out> flat_map(F1 f1, F2 f2) const {
    return connected_streams<T1, T2>{first_, second_}.template flat_map<Out>(std::move(f1), std::move(f2));
  }

  /// As in connected_streams, with a weir::keyed_context<Key>.
  template <class Out, class F1, class F2>
  stream<Out> process(F1 f1, F2 f2) const {
    using out = collector<Out>;
    static_assert(
        detail::processes<F1, T1, context, out> && detail::processes<F2, T2, context, out>,
        "process takes two functions of (record, out) or (record, context, out): one for each stream");
    return add<Out>(detail::two_functions<F1, F2>{std::move(f1), std::move(f2)});
  }

  /// Runs a function object with `process1` and `process2`, each of `(record, out)` or
  /// `(record, context, out)`, and if it has timers `on_timer(time, context, out)`; else as
  /// keyed_stream::process.
  template <class Out, class F>
  stream<Out> process(F f) const {
    using out = collector<Out>;
    static_assert(detail::processes_first<F, T1, context, out>,
                  "the function object needs process1(record of the first stream, out), or with a "
                  "weir::keyed_context<Key>& between the two");
    static_assert(detail::processes_second<F, T2, context, out>,
                  "the function object needs process2(record of the second stream, out), or with a "
                  "weir::keyed_context<Key>& between the two");
    return add<Out>(std::move(f));
  }

private:
  template <class Out, class F>
  stream<Out> add(F f) const {
    auto make = [f, key1 = key1_, key2 = key2_] {
      return std::make_unique<detail::keyed_co_process_operator<T1, KeyOf1, T2, KeyOf2, key, Out, F>>(
          key1, key2, f);
    };
    auto node = detail::add_node({first_, second_}, "co_process", &detail::record_type_of<Out>(), make);
    return stream<Out>{detail::upstream::of(first_.env, node)};
  }

  detail::upstream first_;
  KeyOf1 key1_;
  detail::upstream second_;
  KeyOf2 key2_;
};

} // namespace weir
