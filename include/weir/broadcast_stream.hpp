#pragma once

#include <weir/broadcast_state.hpp>
#include <weir/detail/broadcast_operator.hpp>
#include <weir/detail/graph_builder.hpp>
#include <weir/detail/key_type.hpp>
#include <weir/keyed_stream.hpp>
#include <weir/stream.hpp>

#include <memory>
#include <tuple>
#include <utility>

namespace weir {

/// A stream with keys, or without (`KeyOf` is void), beside a broadcast one: what
/// `transactions.connect(rules)` gives.
template <class T, class KeyOf, class Rule, class... Descriptors>
class broadcast_connected_streams {
  using states = detail::broadcast_states<Descriptors...>;

public:
  broadcast_connected_streams(detail::upstream other, KeyOf key, detail::upstream rules,
                              std::tuple<Descriptors...> descriptors)
      : other_{std::move(other)},
        key_{std::move(key)},
        rules_{std::move(rules)},
        descriptors_{std::move(descriptors)} {}

  /// Runs a function object with
  ///   `process_keyed(record, context, out)`: `context.broadcast(descriptor)` reads broadcast state; all else
  ///       as in a weir::keyed_context<Key>. Without keys: `process_record`, as in a weir::record_context;
  ///   `process_broadcast(rule, context, out)`: `context.broadcast(descriptor)` changes broadcast state,
  ///       keyed state cannot be used;
  ///   on a keyed stream `on_timer(time, context, out)`, if it has timers;
  /// else as stream::process and keyed_stream::process. Which of the two streams comes first is open.
  template <class Out, class F>
  stream<Out> process(F f) const {
    using out = collector<Out>;
    static_assert(
        detail::processes_broadcast<F, Rule, broadcast_changing_context<states>, out>,
        "the function object needs process_broadcast(record of the broadcast stream, context, out): "
        "write auto& for the context");
    if constexpr (detail::is_keyed<KeyOf>) {
      using key = detail::key_type<T, KeyOf>;
      using context = broadcast_reading_context<keyed_context<key>, states>;
      static_assert(
          detail::processes_keyed<F, T, context, out>,
          "the function object needs process_keyed(record of the keyed stream, context, out): write "
          "auto& for the context");
      return add<Out, F, detail::keyed_part<key, context>>(std::move(f));
    } else {
      using context = broadcast_reading_context<record_context, states>;
      static_assert(
          detail::processes_record<F, T, context, out>,
          "the function object needs process_record(record of the stream without keys, context, out): "
          "write auto& for the context");
      return add<Out, F, detail::plain_part<context>>(std::move(f));
    }
  }

private:
  template <class Out, class F, class Part>
  stream<Out> add(F f) const {
    auto make = [f, key = key_, descriptors = descriptors_] {
      return std::make_unique<detail::broadcast_operator<T, Rule, Out, F, Part, KeyOf, Descriptors...>>(
          f, key, descriptors);
    };
    auto node = detail::add_node({other_, rules_}, "broadcast_process", &detail::record_type_of<Out>(), make);
    return stream<Out>{detail::upstream::of(other_.env, node)};
  }

  detail::upstream other_;
  [[no_unique_address]] KeyOf key_;
  detail::upstream rules_;
  std::tuple<Descriptors...> descriptors_;
};

/// A stream whose every record goes to every subtask of what reads it, which keeps what it learns from them
/// in broadcast state: `rules.broadcast_state(weir::map<int, rule>("rules"))`.
template <class Rule, class... Descriptors>
class broadcast_stream {
public:
  using broadcast_record = Rule;

  broadcast_stream(detail::upstream from, std::tuple<Descriptors...> descriptors)
      : from_{std::move(from)}, descriptors_{std::move(descriptors)} {}

  /// What `other.connect(*this)` gives; `other` is a stream or a keyed stream.
  template <class T>
  auto connected_to(const stream<T>& other) const {
    return broadcast_connected_streams<T, detail::no_key, Rule, Descriptors...>{
        other.from(), {}, from_, descriptors_};
  }
  template <class T, class KeyOf>
  auto connected_to(const keyed_stream<T, KeyOf>& other) const {
    return broadcast_connected_streams<T, KeyOf, Rule, Descriptors...>{other.partitioned(), other.key_of(),
                                                                       from_, descriptors_};
  }

private:
  detail::upstream from_;
  std::tuple<Descriptors...> descriptors_;
};

namespace detail {

template <class Derived, class T>
template <class... Descriptors>
auto stream_operations<Derived, T>::broadcast_state(Descriptors... descriptors) const {
  static_assert(sizeof...(Descriptors) != 0, "broadcast_state takes a descriptor for each state");
  return broadcast_stream<T, Descriptors...>{partitioned(self().from(), partitioning::broadcast),
                                             std::tuple<Descriptors...>{std::move(descriptors)...}};
}

} // namespace detail
} // namespace weir
