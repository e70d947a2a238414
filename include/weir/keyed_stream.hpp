#pragma once

#include <weir/stream.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir {

/// When the keyed results of a bounded input are wanted: once, after its end. See keyed_stream::window.
struct end_of_input {};

namespace detail {

/// See joins.hpp.
template <class L, class KeyOfL, class R, class KeyOfR>
auto interval_join_of(const keyed_stream<L, KeyOfL>& left, const keyed_stream<R, KeyOfR>& right,
                      std::chrono::milliseconds lower, std::chrono::milliseconds upper);

/// A windowed_stream: see windows.hpp.
template <class T, class Key, class Windows>
auto cut_into_windows(const upstream& from, const Key& key, Windows windows);

/// Aggregates of a keyed stream that emit as `When` says.
template <class T, class Key, emission When>
class keyed_aggregates {
public:
  keyed_aggregates(upstream from, Key key) : from_{std::move(from)}, key_{std::move(key)} {}

  /// Adds up a member; the other members are those of the key's first record.
  template <std::same_as<T> Record, class Member>
  stream<T> sum(Member Record::*member) const {
    return aggregate("sum", sum_of<T, Member>{not_the_key(member)});
  }

  /// The least value of a member; the other members are those of the key's first record.
  template <std::same_as<T> Record, class Member>
  stream<T> min(Member Record::*member) const {
    return aggregate("min", min_of<T, Member>{not_the_key(member)});
  }

  /// The greatest value of a member; the other members are those of the key's first record.
  template <std::same_as<T> Record, class Member>
  stream<T> max(Member Record::*member) const {
    return aggregate("max", max_of<T, Member>{not_the_key(member)});
  }

  /// `f(value so far, record) -> value`, with the key's first record as first value.
  template <class F>
  stream<T> reduce(F f) const {
    static_assert(std::is_invocable_r_v<T, F&, const T&, const T&>,
                  "reduce takes a function of two records of this stream that returns one");
    return aggregate("reduce", reduce_by<T, F>{std::move(f)});
  }

private:
  template <class Aggregate>
  stream<T> aggregate(const char* kind, Aggregate aggregate) const {
    auto node = add_node(from_, kind, &record_type_of<T>(), [key = key_, aggregate] {
      return std::make_unique<aggregate_operator<T, Key, Aggregate, When>>(key, aggregate);
    });
    return stream<T>{upstream::of(from_.env, node)};
  }

  template <class Record, class Member>
  Member Record::*not_the_key(Member Record::*member) const {
    if constexpr (std::is_same_v<Key, member_key<T, Member>>)
      if (key_.member == member)
        throw std::invalid_argument{"an aggregate over the member that is the key: name another member"};
    return member;
  }

  upstream from_;
  Key key_;
};

} // namespace detail

/// A stream whose records with equal keys go to the same subtask. Its own aggregates are rolling: they emit
/// the key's new value after each record.
template <class T, class Key>
class keyed_stream : public detail::keyed_aggregates<T, Key, detail::emission::each_record> {
  using rolling = detail::keyed_aggregates<T, Key, detail::emission::each_record>;

public:
  keyed_stream(const detail::upstream& from, const Key& key)
      : keyed_stream{from, key, partition(from, key)} {}

  /// Aggregates that emit each key's final value once, when the input has ended.
  [[nodiscard]] auto window(end_of_input) const {
    return detail::keyed_aggregates<T, Key, detail::emission::at_end>{partitioned_, key_};
  }

  /// Cuts the stream into windows, `tumbling(…)`, `sliding(…)`, `session(…)` or `global()`, whose content is
  /// aggregated per key: see windows.hpp.
  template <class Windows>
  [[nodiscard]] auto window(Windows windows) const {
    static_assert(
        requires { Windows::clock; },
        "window takes weir::tumbling(…), sliding(…), session(…), global() or end_of_input()");
    return detail::cut_into_windows<T>(partitioned_, key_, std::move(windows));
  }

  /// As stream::process, with a weir::keyed_context<Key>. Records with equal keys meet in the same function
  /// object, which may keep state per key (weir::keyed_function_context<Key>, or `open(auto& context)`) and
  /// have timers (`on_timer(time, context, out)`).
  template <class Out, class F>
  stream<Out> process(F f) const {
    using key = detail::key_type<T, Key>;
    using out = collector<Out>;
    static_assert(
        detail::processes<F, T, keyed_context<key>, out>,
        "process<Out> takes a function object with process(record, out) or process(record, context, "
        "out), or a function of these; context is a weir::keyed_context<Key>&, out a "
        "weir::collector<Out>&");
    if constexpr (detail::is_plain_function<F, T, keyed_function_context<key>, keyed_context<key>, out>) {
      return stream<T>{partitioned_}.template process<Out>(std::move(f));
    } else {
      auto make = [f, of = key_] {
        return std::make_unique<detail::keyed_process_operator<T, key, Key, Out, F>>(of, f);
      };
      auto node = detail::add_node(partitioned_, "process", &detail::record_type_of<Out>(), make);
      return stream<Out>{detail::upstream::of(partitioned_.env, node)};
    }
  }

  /// This stream and another with keys of the same type, for a function that reads both and keeps state per
  /// key: see connected_streams.hpp.
  template <class Other>
  auto connect(const Other& other) const {
    if constexpr (requires { typename Other::broadcast_record; })
      return other.connected_to(*this);
    else if constexpr (requires { other.key_of(); })
      return keyed_connected_streams<T, Key, typename Other::record, typename Other::key_function>{
          partitioned_, key_, other.partitioned(), other.key_of()};
    else
      static_assert(
          !std::is_same_v<Other, Other>,
          "a keyed stream connects to a keyed or a broadcast one: call key_by on the other stream, or "
          "connect before key_by");
  }

  /// Pairs of a record of this stream, of time t, and one of `other` with an equal key and a time from
  /// t + `lower` to t + `upper`, which may be negative: `.process<Out>(f)` with f(left, right, out). Late
  /// records are dropped, and counted as late_records.
  template <class Other>
  [[nodiscard]] auto interval_join(const Other& other, std::chrono::milliseconds lower,
                                   std::chrono::milliseconds upper) const {
    static_assert(
        requires { other.key_of(); }, "interval_join takes a keyed stream: call key_by on the other one too");
    return detail::interval_join_of(*this, other, lower, upper);
  }

  /// For the engine.
  using record = T;
  using key_function = Key;
  [[nodiscard]] const detail::upstream& partitioned() const { return partitioned_; }
  [[nodiscard]] const Key& key_of() const { return key_; }

private:
  keyed_stream(const detail::upstream&, const Key& key, detail::upstream partitioned)
      : rolling{partitioned, key}, key_{key}, partitioned_{std::move(partitioned)} {}

  static detail::upstream partition(const detail::upstream& from, const Key& key) {
    return detail::partitioned(from, detail::partitioning::hash,
                               [key](const detail::partitioner_context& context) {
                                 return std::make_unique<detail::hash_partitioner<T, Key>>(context, key);
                               });
  }

  Key key_;
  detail::upstream partitioned_;
};

} // namespace weir
