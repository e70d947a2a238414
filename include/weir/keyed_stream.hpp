#pragma once

#include <weir/stream.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir {

/// When the keyed results of a bounded input are wanted: once, after its end. See keyed_stream::window.
struct end_of_input {};

namespace detail {

/// Aggregates of a keyed stream that emit as `When` says.
template <class T, class Key, emission When>
class keyed_aggregates {
public:
  keyed_aggregates(upstream from, Key key) : from_{std::move(from)}, key_{std::move(key)} {}

  /// Adds up a member; the other members are those of the key's first record.
  template <class Member>
  stream<T> sum(Member T::*member) const {
    return aggregate("sum", sum_of<T, Member>{not_the_key(member)});
  }

  /// The least value of a member; the other members are those of the key's first record.
  template <class Member>
  stream<T> min(Member T::*member) const {
    return aggregate("min", min_of<T, Member>{not_the_key(member)});
  }

  /// The greatest value of a member; the other members are those of the key's first record.
  template <class Member>
  stream<T> max(Member T::*member) const {
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

  template <class Member>
  Member T::*not_the_key(Member T::*member) const {
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

  /// As stream::process; records with equal keys meet in the same function object.
  template <class Out, class F>
  stream<Out> process(F f) const {
    return stream<T>{partitioned_}.template process<Out>(std::move(f));
  }

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
