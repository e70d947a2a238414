#pragma once

#include <weir/detail/windows/interval_join.hpp>
#include <weir/windows.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Joins of two streams.
///
///     orders.join(payments)
///         .where(&order::id)
///         .equal_to(&payment::order_id)
///         .window(weir::tumbling(std::chrono::minutes{1}))
///         .apply<paid>([](const order& a, const payment& b, auto& out) { out.emit(a.id, b.amount); });
///
///     orders.key_by(&order::id)
///         .interval_join(payments.key_by(&payment::order_id), std::chrono::minutes{-1},
///         std::chrono::minutes{5}) .process<paid>([](const order& a, const payment& b, auto& out) { … });
namespace weir {

namespace detail {

/// A record of one of two streams.
template <class A, class B>
struct either {
  std::optional<A> first;
  std::optional<B> second;
};

template <class A, class KeyOfA, class B, class KeyOfB>
struct key_of_either {
  using key = key_type<A, KeyOfA>;
  static_assert(std::is_same_v<key, key_type<B, KeyOfB>>,
                "where and equal_to must give keys of the same type");
  KeyOfA first;
  KeyOfB second;

  key operator()(const either<A, B>& of) const {
    return of.first ? key(std::invoke(first, *of.first)) : key(std::invoke(second, *of.second));
  }
};

/// Calls `f(all of the first stream, all of the second, out)`.
template <class A, class B, class F>
struct co_group_call {
  F function;

  template <class Key, class Out>
  void operator()(const Key&, const window&, const std::vector<either<A, B>>& all, Out& out) {
    std::vector<A> first;
    std::vector<B> second;
    for (const either<A, B>& each : all)
      if (each.first)
        first.push_back(*each.first);
      else
        second.push_back(*each.second);
    std::invoke(function, std::as_const(first), std::as_const(second), out);
  }
};

/// Calls `f(a, b, out)` for each pair.
template <class F>
struct each_pair {
  F function;

  template <class A, class B, class Out>
  void operator()(const std::vector<A>& first, const std::vector<B>& second, Out& out) {
    for (const A& a : first)
      for (const B& b : second)
        std::invoke(function, a, b, out);
  }
};

} // namespace detail

/// Two streams cut into the same windows: `apply` says what becomes of the records with equal keys in one.
template <class A, class B, detail::join_kind Kind, class Windowed>
class windowed_join {
public:
  explicit windowed_join(Windowed windowed) : windowed_{std::move(windowed)} {}

  /// As in windowed_stream.
  [[nodiscard]] auto allowed_lateness(std::chrono::milliseconds by) const {
    return with(windowed_.allowed_lateness(by));
  }
  template <class Trigger>
  [[nodiscard]] auto trigger(Trigger trigger) const {
    return with(windowed_.trigger(std::move(trigger)));
  }
  template <class Evictor>
  [[nodiscard]] auto evict(Evictor evictor) const {
    return with(windowed_.evict(std::move(evictor)));
  }

  /// After join: `f(a, b, out)` for each pair of records. After co_group: `f(all a, all b, out)`, two
  /// std::vector of which one may be empty, for each key of the window. `out` takes records of type `Out`.
  template <class Out, class F>
  stream<Out> apply(F f) const {
    if constexpr (Kind == detail::join_kind::pairs) {
      static_assert(std::invocable<F&, const A&, const B&, collector<Out>&>,
                    "apply<Out> after join takes a function of (const A&, const B&, collector<Out>&)");
      return group<Out>("join", detail::each_pair<F>{std::move(f)});
    } else {
      static_assert(
          std::invocable<F&, const std::vector<A>&, const std::vector<B>&, collector<Out>&>,
          "apply<Out> after co_group takes a function of (const std::vector<A>&, const std::vector<B>&, "
          "collector<Out>&)");
      return group<Out>("co_group", std::move(f));
    }
  }

private:
  template <class Changed>
  static auto with(Changed changed) {
    return windowed_join<A, B, Kind, Changed>{std::move(changed)};
  }

  template <class Out, class F>
  stream<Out> group(const char* name, F f) const {
    auto made = windowed_.template process<Out>(detail::co_group_call<A, B, F>{std::move(f)});
    made.name(name);
    return made;
  }

  Windowed windowed_;
};

/// Two streams whose records meet by key: `.where(key of the first).equal_to(key of the second).window(…)`.
template <class A, class B, detail::join_kind Kind>
class joined_streams {
public:
  joined_streams(stream<A> first, stream<B> second) : first_{std::move(first)}, second_{std::move(second)} {}

  template <class KeyOfA>
  [[nodiscard]] auto where(KeyOfA key) const {
    static_assert(std::invocable<const KeyOfA&, const A&>,
                  "where takes a member or a function of one record of the first stream");
    return half<KeyOfA>{first_, second_, std::move(key)};
  }

private:
  template <class KeyOfA, class KeyOfB>
  struct keyed {
    stream<A> first;
    stream<B> second;
    detail::key_of_either<A, KeyOfA, B, KeyOfB> key;

    template <class Windows>
    [[nodiscard]] auto window(Windows windows) const {
      using either = detail::either<A, B>;
      auto all = first.map([](A& of) {
                        return either{std::move(of), std::nullopt};
                      })
                     .union_with(second.map([](B& of) {
                       return either{std::nullopt, std::move(of)};
                     }))
                     .key_by(key)
                     .window(std::move(windows));
      return windowed_join<A, B, Kind, decltype(all)>{all};
    }
  };

  template <class KeyOfA>
  struct half {
    stream<A> first;
    stream<B> second;
    KeyOfA key;

    template <class KeyOfB>
    [[nodiscard]] auto equal_to(KeyOfB other) const {
      static_assert(std::invocable<const KeyOfB&, const B&>,
                    "equal_to takes a member or a function of one record of the second stream");
      return keyed<KeyOfA, KeyOfB>{first, second, {key, std::move(other)}};
    }
  };

  stream<A> first_;
  stream<B> second_;
};

/// Two keyed streams whose records meet when their times are near: see keyed_stream::interval_join.
template <class L, class KeyOfL, class R, class KeyOfR>
class interval_joined_streams {
  using key = detail::key_type<L, KeyOfL>;
  static_assert(std::is_same_v<key, detail::key_type<R, KeyOfR>>,
                "an interval join needs keys of the same type on both streams");

public:
  interval_joined_streams(detail::upstream left, KeyOfL left_key, detail::upstream right, KeyOfR right_key,
                          std::chrono::milliseconds lower, std::chrono::milliseconds upper)
      : left_{std::move(left)},
        left_key_{std::move(left_key)},
        right_{std::move(right)},
        right_key_{std::move(right_key)},
        lower_{lower.count()},
        upper_{upper.count()} {
    if (lower_ > upper_)
      throw std::invalid_argument{"interval_join from " + std::to_string(lower_) + " ms to " +
                                  std::to_string(upper_) + " ms: the lower bound comes first"};
  }

  /// `f(left, right, out)` for each pair; what it emits has the later of both times.
  template <class Out, class F>
  stream<Out> process(F f) const {
    static_assert(std::invocable<F&, const L&, const R&, collector<Out>&>,
                  "process<Out> takes a function of (const L&, const R&, collector<Out>&)");
    static_assert(!detail::contains_text<L> && !detail::contains_text<R>,
                  "what a join keeps outlives the batch that a weir::text points into: use std::string");
    using made = detail::interval_join_operator<key, L, KeyOfL, R, KeyOfR, Out, F>;
    detail::interval_join_function<key, L, R, Out, F> function{lower_, upper_, std::move(f)};
    auto node = detail::add_node(
        std::vector<detail::upstream>{left_, right_}, "interval_join", &detail::record_type_of<Out>(),
        [function, a = left_key_, b = right_key_] { return std::make_unique<made>(a, b, function); });
    return stream<Out>{detail::upstream::of(left_.env, node)};
  }

private:
  detail::upstream left_;
  KeyOfL left_key_;
  detail::upstream right_;
  KeyOfR right_key_;
  std::int64_t lower_;
  std::int64_t upper_;
};

namespace detail {

template <join_kind Kind, class A, class B>
auto join_of(const stream<A>& first, const stream<B>& second) {
  return joined_streams<A, B, Kind>{first, second};
}

template <class L, class KeyOfL, class R, class KeyOfR>
auto interval_join_of(const keyed_stream<L, KeyOfL>& left, const keyed_stream<R, KeyOfR>& right,
                      std::chrono::milliseconds lower, std::chrono::milliseconds upper) {
  return interval_joined_streams<L, KeyOfL, R, KeyOfR>{left.partitioned(), left.key_of(), right.partitioned(),
                                                       right.key_of(),     lower,         upper};
}

} // namespace detail
} // namespace weir
