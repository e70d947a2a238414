#pragma once

#include <weir/connected_streams.hpp>
#include <weir/detail/async_operator.hpp>
#include <weir/detail/builtin.hpp>
#include <weir/detail/graph_builder.hpp>
#include <weir/detail/keyed.hpp>
#include <weir/detail/process_operator.hpp>
#include <weir/detail/rich_function.hpp>
#include <weir/detail/stage.hpp>
#include <weir/detail/stage_operator.hpp>
#include <weir/detail/timestamps_operator.hpp>
#include <weir/detail/transactional_operator.hpp>
#include <weir/watermarks.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

template <class T>
class stream;
template <class T, class Key>
class keyed_stream;

namespace detail {

/// The key of a stream that is not divided.
struct all_records {
  bool operator()(const auto&) const { return false; }
};

/// What a join does with the records of a key: see joins.hpp.
enum class join_kind : std::uint8_t { pairs, groups };
template <join_kind Kind, class A, class B>
auto join_of(const stream<A>& first, const stream<B>& second);

/// A loop over the batches of an upstream.
template <class In>
struct batch_head {
  using input = In;
  template <class Out, class Stage>
  static operator_factory factory(Stage stage) {
    return [stage] { return std::make_unique<stage_operator<In, Out, Stage>>(stage); };
  }
};

/// A loop over numbers: see generate().
struct number_head {
  using input = std::uint64_t;
  generate_options options;
  template <class Out, class Stage>
  operator_factory factory(Stage stage) const {
    return
        [options = options, stage] { return std::make_unique<generate_source<Out, Stage>>(options, stage); };
  }
};

template <class Head, class T, class Stage>
class pipeline;

/// Can the loop of a stage go on with another step?
template <class Stage>
inline constexpr bool can_extend = false;
template <>
inline constexpr bool can_extend<identity_stage> = true;
template <class Previous, class F>
inline constexpr bool can_extend<map_stage<Previous, F>> = true;

template <class Stage>
inline constexpr bool is_first_step = false;
template <class F, class Kind>
inline constexpr bool is_first_step<function_stage<identity_stage, F, Kind>> = true;

/// What every stream of `T` offers. `Derived` gives `from()`: its upstream, with all that is pending made
/// known.
///
/// Functions of the user are copied to each subtask and called from one thread at a time. A record is theirs
/// during the call: by value, `const T&` or `T&`. A function object may have `open(weir::function_context&)`,
/// which is called before the first record, and `close()`: see process.
template <class Derived, class T>
class stream_operations {
public:
  using record = T;

  /// `f(record) -> other record`, for each record.
  template <class F>
  auto map(F f) const {
    static_assert(std::invocable<F&, T&>, "map takes a function of one record of this stream");
    using out = record_of_t<std::invoke_result_t<F&, T&>>;
    static_assert(!std::is_void_v<out>,
                  "the function of a map returns the new record; for_each takes one that does not");
    if constexpr (is_rich<F>)
      return add_process<out>("map", rich_map<F>{{std::move(f)}});
    else
      return self().template step<out, map_stage>("map", std::move(f));
  }

  /// Keeps the records for which `f(record)` is true.
  template <class F>
  auto filter(F f) const {
    static_assert(std::predicate<F&, const T&>,
                  "filter takes a function of one record of this stream that returns bool");
    if constexpr (is_rich<F>)
      return add_process<T>("filter", rich_filter<F>{{std::move(f)}});
    else
      return self().template step<T, filter_stage>("filter", std::move(f));
  }

  /// `f(record, out)` calls `out.emit(...)` as often as it likes with records of type `Out`.
  template <class Out, class F>
  auto flat_map(F f) const {
    static_assert(std::invocable<F&, T&, collector<Out>&>,
                  "flat_map<Out> takes a function of one record of this stream and a weir::collector<Out>&");
    if constexpr (is_rich<F>)
      return add_process<Out>("flat_map", std::move(f));
    else
      return self().template step<Out, flat_map_stage>("flat_map", std::move(f));
  }

  /// Runs a function object that may keep what it likes between records: `process(record, out)`,
  /// `process(record, context, out)` with a weir::record_context, or one of the two as a call operator.
  ///
  /// It may have `open(weir::function_context&)` before the first record, `finish(out)` after the last, and
  /// `close()`, which comes at the end of every subtask, also of one that failed.
  template <class Out, class F>
  stream<Out> process(F f) const {
    static_assert(
        processes<F, T, record_context, collector<Out>>,
        "process<Out> takes a function object with process(record, out) or process(record, context, "
        "out), or a function of these; context is a weir::record_context&, out a "
        "weir::collector<Out>&");
    static_assert(!has_on_timer<F, record_context, collector<Out>>,
                  "on_timer needs a key: call key_by before process");
    return add_process<Out>("process", std::move(f));
  }

  /// Gives the records their event times, and the stream its watermarks: see watermarks.hpp. What went before
  /// is replaced.
  template <class F, class Generator>
  stream<T> assign_timestamps(const watermark_strategy<F, Generator>& strategy) const {
    static_assert(std::is_invocable_r_v<std::int64_t, const F&, const T&>,
                  "the time of a record is a member or a function of one record of this stream: milliseconds "
                  "since 1970");
    upstream from = self().from();
    auto node = add_node(from, "timestamps", &record_type_of<T>(), [strategy] {
      return std::make_unique<timestamps_operator<T, F, Generator>>(strategy);
    });
    return stream<T>{upstream::of(from.env, node)};
  }

  /// Streams records with equal keys to the same subtask. `key` is a member (`&word_count::word`) or a
  /// function of the record; it returns an integer, string, text, enum, bool, or a tuple, pair or struct of
  /// these.
  template <class Key>
  auto key_by(Key key) const {
    static_assert(std::invocable<Key&, const T&>,
                  "key_by takes a member or a function of one record of this stream");
    if constexpr (std::is_member_object_pointer_v<Key>)
      return keyed_by_member(key);
    else
      return keyed_stream<T, Key>{self().from(), std::move(key)};
  }

  /// Calls what answers later: `f(record, weir::async_result<Out>)`, or a function object with `call` of
  /// these, begins something and returns; any thread gives the answer. Options: see async.hpp. It may have
  /// `open(weir::function_context&)` and `close()`; after close() no answer comes any more. An exception
  /// counts as an answer that the call failed.
  template <class Out, class F>
  stream<Out> async(F f, const async_options& options = {}) const {
    static_assert(
        requires(F & g, const T& record, async_result<Out> result) { g.call(record, result); } ||
            std::invocable<F&, const T&, async_result<Out>>,
        "async<Out> takes a function of (const record&, weir::async_result<Out>)");
    if (options.capacity == 0 || options.retry_factor < 1)
      throw std::invalid_argument{"async: capacity is at least 1, and so is retry_factor"};
    upstream from = self().from();
    auto node = add_node(from, "async", &record_type_of<Out>(),
                         [f, options] { return std::make_unique<async_operator<T, Out, F>>(f, options); });
    return stream<Out>{upstream::of(from.env, node)};
  }

  /// This stream and another, for a function that reads both: see connected_streams.hpp.
  template <class Other>
  auto connect(const Other& other) const {
    if constexpr (requires { typename Other::broadcast_record; })
      return other.connected_to(stream<T>{self().from()});
    else
      return connected_streams<T, typename Other::record>{self().from(),
                                                          stream<typename Other::record>{other}.from()};
  }

  /// Cuts the whole stream into windows, in one subtask: see windows.hpp. With key_by() before window() there
  /// may be many.
  template <class Windows>
  [[nodiscard]] auto window_all(Windows windows) const {
    return key_by(all_records{}).window(std::move(windows));
  }

  /// Pairs of records with equal keys that are in the same window, and all records of a key in a window:
  /// `.where(key of this stream).equal_to(key of the other).window(…).apply<Out>(f)`. See joins.hpp.
  template <class Other>
  [[nodiscard]] auto join(const Other& other) const {
    return join_of<join_kind::pairs>(stream<T>{self().from()}, stream<typename Other::record>{other});
  }
  template <class Other>
  [[nodiscard]] auto co_group(const Other& other) const {
    return join_of<join_kind::groups>(stream<T>{self().from()}, stream<typename Other::record>{other});
  }

  /// The records of both streams, in no particular order.
  template <class... Others>
  stream<T> union_with(const Others&... others) const {
    upstream all = self().from();
    ((all = unite(std::move(all), stream<T>{others}.from())), ...);
    return stream<T>{std::move(all)};
  }

  /// How records find the subtask of the next operator: in turn over all of them, in turn over the nearest,
  /// each to every one, all to the first, or each to the one of the same number.
  stream<T> rebalance() const { return stream<T>{partitioned(self().from(), partitioning::rebalance)}; }
  stream<T> rescale() const { return stream<T>{partitioned(self().from(), partitioning::rescale)}; }
  stream<T> broadcast() const { return stream<T>{partitioned(self().from(), partitioning::broadcast)}; }
  stream<T> global() const { return stream<T>{partitioned(self().from(), partitioning::global)}; }
  stream<T> forward() const { return stream<T>{partitioned(self().from(), partitioning::forward)}; }

  /// `choose(record, n)` returns the subtask of the next operator, a number from 0 to n - 1.
  template <class Choose>
  stream<T> partition_custom(Choose choose) const {
    static_assert(
        std::invocable<Choose&, const T&, std::uint32_t>,
        "partition_custom takes a function of a record and the number of subtasks that returns one of them");
    return stream<T>{
        partitioned(self().from(), partitioning::custom, [choose](const partitioner_context& context) {
          return std::make_unique<custom_partitioner<T, Choose>>(context, choose);
        })};
  }

  /// For rules and small tables: every record goes to every subtask of what reads it, which keeps broadcast
  /// state with these descriptors. See broadcast_stream.hpp.
  template <class... Descriptors>
  auto broadcast_state(Descriptors... descriptors) const;

  /// Writes each record as a line, fields separated by tabs, to files `folder`/part-<subtask>-<n>. Each
  /// appears whole: one when the input has ended, or with checkpoints one for each that completes and has
  /// lines. So every line is there once, whatever fails.
  stream<T> write_text(std::string folder) const {
    return sink("write_text", [folder] { return make_write_text_sink(folder); });
  }

  /// Writes to a system outside, each record once: a sink of the user with two-phase commits, derived from
  /// weir::transactional_sink<T>. See transactions.hpp.
  template <class Sink>
  stream<T> write_to(Sink to) const {
    static_assert(std::derived_from<Sink, transactional_sink<T>>,
                  "write_to takes a class derived from weir::transactional_sink of this stream's record");
    static_assert(std::copy_constructible<Sink>, "each subtask gets a copy of the sink: let it be copied");
    return sink("write_to", [to] { return std::make_unique<transactional_operator<T, Sink>>(to); });
  }

  /// Prints each record as a line to the standard output of the process that runs the subtask.
  stream<T> print() const {
    return sink("print", [] { return make_print_sink(); });
  }

  /// Gives the records to whoever runs the job: attached runs print them when the job ends, weir::testing
  /// returns them. For small results (`collect.max-size`).
  stream<T> collect(std::string name) const {
    return sink("collect", [name] { return make_collect_sink(name); });
  }

  /// Calls `f(record)`; it may have `open(weir::function_context&)`, `finish()` and `close()`.
  template <class F>
  stream<T> for_each(F f) const {
    static_assert(std::invocable<F&, T&>, "for_each takes a function of one record of this stream");
    return sink("for_each", [f] { return std::make_unique<for_each_sink<T, F>>(f); });
  }

private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class Out, class F>
  stream<Out> add_process(const char* kind, F f) const {
    upstream from = self().from();
    auto node = add_node(from, kind, &record_type_of<Out>(),
                         [f] { return std::make_unique<process_operator<T, Out, F>>(f); });
    return stream<Out>{upstream::of(from.env, node)};
  }

  template <class Record, class Member>
  auto keyed_by_member(Member Record::*member) const {
    return keyed_stream<T, member_key<T, Member>>{self().from(), member_key<T, Member>{member}};
  }

  /// The stream that a sink returns has no records; it takes name, uid and the like.
  stream<T> sink(const char* kind, operator_factory make) const {
    upstream from = self().from();
    return stream<T>{upstream::of(from.env, add_node(from, kind, nullptr, std::move(make)))};
  }
};

} // namespace detail

/// A stream of records of type `T`: arithmetic types, std::string, weir::text, tuple, pair, optional, vector,
/// map, structs of these field by field, and Cap'n Proto structs (weir/capnp.hpp).
///
/// A stream is a cheap handle; using it twice reads it twice. The attributes concern the operator it comes
/// from.
template <class T>
class stream : public detail::stream_operations<stream<T>, T> {
public:
  explicit stream(detail::upstream from) : from_{std::move(from)} {}

  template <class Head, class Stage>
  stream(const detail::pipeline<Head, T, Stage>& pending) : from_{pending.from()} {}

  /// Shown in plans, logs and metrics.
  stream& name(std::string value) { return node("name").name = std::move(value), *this; }
  /// Identifies the operator's state when the job changes; unique in the job.
  stream& uid(std::string value) { return node("uid").uid = std::move(value), *this; }
  stream& set_parallelism(std::uint32_t subtasks) {
    auto& concerned = node("set_parallelism");
    concerned.parallelism = detail::checked_parallelism(subtasks, concerned.name);
    return *this;
  }
  /// Subtasks of operators in different groups never share a slot.
  stream& slot_sharing_group(std::string group) {
    return node("slot_sharing_group").slot_sharing_group = std::move(group), *this;
  }
  /// The operator does not run in the task of the one before it.
  stream& start_new_chain() { return node("start_new_chain").chain = detail::chaining::head, *this; }
  /// The operator is a task of its own.
  stream& disable_chaining() { return node("disable_chaining").chain = detail::chaining::never, *this; }

  /// The records that the operator emits to a side output.
  template <class S>
  [[nodiscard]] stream<S> side(const side_output<S>& tag) const {
    detail::attributed_node(from_, "side");
    std::uint32_t node = from_.ends.front().node;
    std::uint32_t number = detail::side_output_of<S>(*from_.env, node, tag.name());
    return stream<S>{detail::upstream::of(from_.env, node, number + 1)};
  }

  /// For the engine.
  [[nodiscard]] const detail::upstream& from() const { return from_; }

  /// For the engine: begins a loop over this stream's batches.
  template <class Out, template <class, class> class Stage, class F>
  auto step(const char* kind, F f) const {
    using stage = Stage<detail::identity_stage, F>;
    return detail::pipeline<detail::batch_head<T>, Out, stage>::begin(from_, kind, {},
                                                                      stage{{}, std::move(f)});
  }

private:
  detail::graph_node& node(const char* attribute) { return detail::attributed_node(from_, attribute); }

  detail::upstream from_;
};

namespace detail {

/// A stream whose last operators are one loop: see stage.hpp. Each operator is in the graph on its own as
/// well; the loop takes their place where they end up in one chain.
template <class Head, class T, class Stage>
class pipeline : public stream_operations<pipeline<Head, T, Stage>, T> {
public:
  static pipeline begin(const upstream& from, const char* kind, Head head, Stage stage) {
    auto node = add_node(from, kind, &record_type_of<T>(), head.template factory<T>(stage));
    return pipeline{from.env, node, node, std::move(head), std::move(stage)};
  }

  static pipeline begin_source(environment& env, std::string name, Head head, Stage stage) {
    auto node = add_source(env, std::move(name), &record_type_of<T>(), head.template factory<T>(stage));
    return pipeline{&env, node, node, std::move(head), std::move(stage)};
  }

  pipeline& name(std::string value) { return node("name").name = std::move(value), *this; }
  pipeline& uid(std::string value) { return node("uid").uid = std::move(value), *this; }
  auto set_parallelism(std::uint32_t subtasks) const { return alone().set_parallelism(subtasks), parted(); }
  auto slot_sharing_group(std::string group) const {
    return alone().slot_sharing_group(std::move(group)), parted();
  }
  auto start_new_chain() const { return alone().start_new_chain(), parted(); }
  auto disable_chaining() const { return alone().disable_chaining(), parted(); }

  /// For the engine: the upstream, after the loop as it stands is made known to the graph.
  [[nodiscard]] upstream from() const {
    if (first_ != last_) {
      graph_node& node = env_->graph().nodes[last_];
      node.make_fused = head_.template factory<T>(stage_);
      node.fused_from = first_;
    }
    return end();
  }

  /// For the engine: adds an operator, to the loop where that is faster.
  template <class Out, template <class, class> class Next, class F>
  auto step(const char* kind, F f) const {
    if constexpr (can_extend<Stage>) {
      auto single = pipeline<batch_head<T>, Out, Next<identity_stage, F>>::begin(end(), kind, {}, {{}, f});
      using stage = Next<Stage, F>;
      return pipeline<Head, Out, stage>{env_, first_, single.last(), head_, stage{stage_, std::move(f)}};
    } else {
      return stream<T>{from()}.template step<Out, Next>(kind, std::move(f));
    }
  }

  [[nodiscard]] std::uint32_t last() const { return last_; }

private:
  template <class, class, class>
  friend class pipeline;

  pipeline(environment* env, std::uint32_t first, std::uint32_t last, Head head, Stage stage)
      : env_{env}, first_{first}, last_{last}, head_{std::move(head)}, stage_{std::move(stage)} {}

  [[nodiscard]] upstream end() const { return upstream::of(env_, last_); }
  [[nodiscard]] stream<T> alone() const { return stream<T>{end()}; }

  /// After an attribute that may part the operator from the one before it: what follows begins a new loop.
  [[nodiscard]] auto parted() const {
    if constexpr (is_first_step<Stage>)
      return *this;
    else
      return alone();
  }

  graph_node& node(const char* attribute) { return attributed_node(end(), attribute); }

  environment* env_;
  std::uint32_t first_;
  std::uint32_t last_;
  [[no_unique_address]] Head head_;
  [[no_unique_address]] Stage stage_;
};

} // namespace detail
} // namespace weir
