#pragma once

#include <weir/detail/windows/assigners.hpp>
#include <weir/detail/windows/evictors.hpp>
#include <weir/detail/windows/pane_operator.hpp>
#include <weir/detail/windows/triggers.hpp>
#include <weir/detail/windows/window_function.hpp>
#include <weir/detail/windows/window_operator.hpp>
#include <weir/keyed_stream.hpp>
#include <weir/side_output.hpp>

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

/// Windows: results of what a stream has in pieces of time.
///
///     clicks.key_by(&click::page)
///         .window(weir::tumbling(std::chrono::seconds{10}))
///         .allowed_lateness(std::chrono::seconds{5})
///         .sum(&click::count);
///
/// A window gives its result when time has passed its end: event time, which the records carry and watermarks
/// bring forward, or processing time. A record that comes after that, but within the allowed lateness, gives
/// a new result of its window at once; one that comes still later is counted, and goes to a side output if
/// there is one. Results have the window's last time as their event time.
///
/// Where windows share records (sliding ones), each record is added to a piece of time that they have in
/// common. So what is done to accumulators must not depend on the order of the records.
namespace weir {

/// Windows of `size`, one behind the other.
inline auto tumbling(std::chrono::milliseconds size) {
  return detail::aligned_windows<detail::window_clock::event>{size, size};
}
/// Windows of `size` that begin every `slide`. A record is in several when the slide is less than the size.
inline auto sliding(std::chrono::milliseconds size, std::chrono::milliseconds slide) {
  return detail::aligned_windows<detail::window_clock::event>{size, slide};
}
/// The same in processing time. What is open when the input ends gives its result then.
inline auto tumbling_processing_time(std::chrono::milliseconds size) {
  return detail::aligned_windows<detail::window_clock::processing>{size, size};
}
inline auto sliding_processing_time(std::chrono::milliseconds size, std::chrono::milliseconds slide) {
  return detail::aligned_windows<detail::window_clock::processing>{size, slide};
}

/// Sessions: a window ends when no record of its key came for `gap`, the same for all records or
/// `gap(record)` after each, a std::chrono duration. Sessions that a late record connects become one.
template <class Gap>
auto session(Gap gap) {
  if constexpr (std::is_convertible_v<Gap, std::chrono::milliseconds>)
    return detail::session_windows<detail::window_clock::event, std::chrono::milliseconds>{gap};
  else
    return detail::session_windows<detail::window_clock::event, Gap>{std::move(gap)};
}
/// The same in processing time. What is open when the input ends gives no result.
template <class Gap>
auto session_processing_time(Gap gap) {
  if constexpr (std::is_convertible_v<Gap, std::chrono::milliseconds>)
    return detail::session_windows<detail::window_clock::processing, std::chrono::milliseconds>{gap};
  else
    return detail::session_windows<detail::window_clock::processing, Gap>{std::move(gap)};
}

/// One window for all times, which never ends: it needs a trigger to give a result. Results have the event
/// time of the record or timer that fired.
inline auto global() {
  return detail::all_windows{};
}

/// A stream cut into windows: see windows.hpp. `Trigger` and `Evictor` as in triggers.hpp and evictors.hpp.
template <class T, class Key, class Windows, class Trigger = detail::default_trigger<Windows>,
          class Evictor = detail::no_evictor>
class windowed_stream {
  static constexpr bool by_panes = detail::is_aligned<Windows> &&
                                   std::is_same_v<Trigger, detail::default_trigger<Windows>> &&
                                   std::is_same_v<Evictor, detail::no_evictor>;

public:
  windowed_stream(detail::upstream from, Key key, Windows windows, Trigger trigger = {}, Evictor evictor = {})
      : from_{std::move(from)},
        key_{std::move(key)},
        windows_{std::move(windows)},
        trigger_{std::move(trigger)},
        evictor_{std::move(evictor)} {}

  /// Fires when `trigger` says so, instead of when time passes the end of a window.
  template <class Other>
  [[nodiscard]] auto trigger(Other trigger) const {
    windowed_stream<T, Key, Windows, Other, Evictor> changed{from_, key_, windows_, std::move(trigger),
                                                             evictor_};
    changed.take_options(lateness_ms_, late_to_);
    return changed;
  }

  /// Drops records before each result: weir::evictors, or one of your own. All records are kept then.
  template <class Other>
  [[nodiscard]] auto evict(Other evictor) const {
    windowed_stream<T, Key, Windows, Trigger, Other> changed{from_, key_, windows_, trigger_,
                                                             std::move(evictor)};
    changed.take_options(lateness_ms_, late_to_);
    return changed;
  }

  /// For the engine.
  void take_options(std::int64_t lateness_ms, std::optional<side_output<T>> late_to) {
    lateness_ms_ = lateness_ms;
    late_to_ = std::move(late_to);
  }

  /// For how long after its end a window is kept for records that are late.
  [[nodiscard]] windowed_stream allowed_lateness(std::chrono::milliseconds by) const {
    if (by.count() < 0)
      throw std::invalid_argument{"allowed_lateness(" + std::to_string(by.count()) +
                                  " ms): it must not be negative"};
    windowed_stream changed = *this;
    changed.lateness_ms_ = by.count();
    return changed;
  }

  /// Where records go that are too late for all of their windows: `result.side(tag)` reads them.
  [[nodiscard]] windowed_stream late_to(side_output<T> tag) const {
    windowed_stream changed = *this;
    changed.late_to_ = std::move(tag);
    return changed;
  }

  /// Adds up a member; the other members are those of one of the key's records.
  template <class Member>
  stream<T> sum(Member T::*member) const {
    using plain = detail::sum_of<T, Member>;
    using fitting =
        std::conditional_t<detail::reversible<T, Key, Member>, detail::reversible_sum_of<T, Member>, plain>;
    return fold("sum", fitting{{not_the_key(member)}});
  }

  /// The least value of a member; the other members are those of one of the key's records.
  template <class Member>
  stream<T> min(Member T::*member) const {
    return fold("min", detail::min_of<T, Member>{not_the_key(member)});
  }

  /// The greatest value of a member; the other members are those of one of the key's records.
  template <class Member>
  stream<T> max(Member T::*member) const {
    return fold("max", detail::max_of<T, Member>{not_the_key(member)});
  }

  /// `f(value so far, record) -> value`, with one of the key's records as first value. Two values so far are
  /// put together by `f` as well.
  template <class F>
  stream<T> reduce(F f) const {
    static_assert(std::is_invocable_r_v<T, F&, const T&, const T&>,
                  "reduce takes a function of two records of this stream that returns one");
    return fold("reduce", detail::reduce_by<T, F>{std::move(f)});
  }

  /// Folds the records of a key into an accumulator. An aggregate is an object with
  ///
  ///     accumulator create();                                  // or a member type `accumulator`
  ///     void add(accumulator&, const T& record);
  ///     void merge(accumulator&, const accumulator& other);
  ///     result_type result(const accumulator&);                // what is emitted
  ///     void remove(accumulator&, const accumulator& other);   // optional: undoes merge, exactly
  ///
  /// With `remove`, sliding windows cost the same however many of them a record is in.
  template <class Aggregate>
  auto aggregate(Aggregate aggregate) const {
    using made = detail::aggregate_fold<T, Key, Aggregate>;
    check_accumulator<typename made::accumulator_type>();
    return run("aggregate", made{key_, std::move(aggregate)});
  }

  /// The same, and `f(key, window, result, out)` emits records of type `Out`.
  template <class Out, class Aggregate, class F>
  stream<Out> aggregate(Aggregate aggregate, F f) const {
    using base = detail::aggregate_fold<T, Key, Aggregate>;
    check_accumulator<typename base::accumulator_type>();
    return run("aggregate",
               detail::process_fold<base, Out, F>{base{key_, std::move(aggregate)}, std::move(f)});
  }

  /// `f(key, window, records, out)` sees all records of a key as a `const std::vector<T>&` and emits records
  /// of type `Out`. They are kept until the window is gone: an aggregate takes less memory.
  template <class Out, class F>
  stream<Out> process(F f) const {
    using base = detail::aggregate_fold<T, Key, detail::record_list<T>>;
    check_accumulator<std::vector<T>>();
    return run("process", detail::process_fold<base, Out, F>{base{key_, {}}, std::move(f)});
  }

private:
  template <class Aggregate>
  stream<T> fold(const char* kind, Aggregate aggregate) const {
    return run(kind, detail::record_fold<T, Key, Aggregate>{key_, std::move(aggregate)});
  }

  template <class Fold>
  auto run(const char* kind, Fold fold) const {
    if constexpr (by_panes) {
      detail::pane_settings<T> settings{windows_.grid(), lateness_ms_, late_to_};
      return add<typename Fold::out>(kind, [fold, settings] {
        return std::make_unique<detail::pane_operator<Fold, Windows::clock>>(fold, settings);
      });
    } else if constexpr (std::is_same_v<Evictor, detail::no_evictor>) {
      return run_general(kind, detail::folded_content<Fold>{std::move(fold)});
    } else {
      check_accumulator<T>();
      return run_general(kind, detail::evicted_content<Fold, Evictor>{std::move(fold), evictor_});
    }
  }

  template <class Content>
  auto run_general(const char* kind, Content content) const {
    check_accumulator<typename Content::type>();
    using key = detail::key_type<T, Key>;
    using function = detail::window_function<key, Windows, Trigger, Content>;
    using made = detail::window_operator<T, key, Key, typename Content::out, function>;
    function f{windows_, trigger_, std::move(content), lateness_ms_, late_to_};
    return add<typename Content::out>(kind, [f, of = key_] { return std::make_unique<made>(of, f); });
  }

  template <class Out, class Make>
  stream<Out> add(const char* kind, Make make) const {
    auto node = detail::add_node(from_, kind, &detail::record_type_of<Out>(), std::move(make));
    if constexpr (std::is_same_v<Key, detail::all_records>)
      from_.env->graph().nodes[node].fixed_parallelism = 1;
    return stream<Out>{detail::upstream::of(from_.env, node)};
  }

  template <class Acc>
  static void check_accumulator() {
    static_assert(!detail::contains_text<Acc>,
                  "what a window keeps outlives the batch that a weir::text points into: use std::string");
    static_assert(detail::check_record<Acc>());
  }

  template <class Member>
  Member T::*not_the_key(Member T::*member) const {
    if constexpr (std::is_same_v<Key, detail::member_key<T, Member>>)
      if (key_.member == member)
        throw std::invalid_argument{"an aggregate over the member that is the key: name another member"};
    return member;
  }

  detail::upstream from_;
  Key key_;
  Windows windows_;
  Trigger trigger_;
  Evictor evictor_;
  std::int64_t lateness_ms_ = 0;
  std::optional<side_output<T>> late_to_;
};

namespace detail {

template <class T, class Key, class Windows>
auto cut_into_windows(const upstream& from, const Key& key, Windows windows) {
  return windowed_stream<T, Key, Windows>{from, key, std::move(windows)};
}

} // namespace detail
} // namespace weir
