#pragma once

#include <weir/detail/graph_builder.hpp>
#include <weir/detail/harness_ends.hpp>
#include <weir/side_output.hpp>
#include <weir/state_backend.hpp>
#include <weir/stream.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::testing {

using backend = state_backend;

struct harness_options {
  std::uint32_t parallelism = 1; ///< of operators that state none
  std::uint32_t max_parallelism = 128;
  backend state = backend::hashmap;
  /// Of each operator and subtask, with the leveldb backend; at least 4 MiB.
  std::uint64_t state_memory = 8 * 1024 * 1024;
  std::int64_t processing_time = 0; ///< to begin with, in milliseconds since 1970
  /// What another harness of the same piece gave, at this parallelism or another, with this backend or the
  /// other.
  std::string snapshot = {};
  /// Checkpoints are taken: what sinks write is committed by complete_checkpoint(), not at the end of the
  /// input.
  bool checkpoints = false;
  /// Larger each time that a test goes on from what another piece of the same job left.
  std::uint32_t attempt = 1;
  /// Sources give a batch for each piece::step(), and not all they have at once.
  bool paced = false;
};

/// Operators that a test drives by hand: without a cluster, in one thread, with all that a task of a cluster
/// does for them. Whatever a call sets off has happened when it returns. Errors of the piece, exceptions of
/// its functions included, come as std::runtime_error.
class piece {
public:
  /// The environment has the whole graph, and outlives the piece.
  static std::unique_ptr<piece> make(const environment& env, const harness_options& options);

  virtual ~piece() = default;

  /// Lets sources give what they have, and all of it go as far as it goes.
  virtual void settle() = 0;
  virtual void set_processing_time(std::int64_t ms) = 0;
  [[nodiscard]] virtual std::int64_t processing_time() const = 0;
  /// With `paced`: lets one source give about a batch, `choice` modulo those that have not ended. False when
  /// all have.
  virtual bool step(std::uint64_t choice) = 0;

  [[nodiscard]] virtual std::string snapshot() = 0;
  /// The id of the last snapshot, as operators see it.
  [[nodiscard]] virtual std::uint64_t last_checkpoint() const = 0;
  virtual void complete_checkpoint(std::uint64_t checkpoint) = 0;
  virtual void abort_checkpoint(std::uint64_t checkpoint) = 0;
  /// All input has ended, and what sinks wrote is committed: a task of a cluster would finish now.
  [[nodiscard]] virtual bool is_done() const = 0;
  /// The job is canceled: sinks remove what is not committed. Nothing may be called afterwards.
  virtual void discard() = 0;

  /// Accumulators as `weir run` shows them, by name.
  [[nodiscard]] virtual std::map<std::string, std::string> accumulators() = 0;
};

template <class Signature>
class harness;

/// Tests a part of a dataflow, from one operator to many: a function from streams to a stream.
///
///   weir::testing::harness<alert(click)> test{[](weir::stream<click> clicks) {
///     return clicks.key_by(&click::user).process<alert>(find_bots{});
///   }};
///   test.push({"anna", 3}, 1'000);
///   test.watermark(60'000);
///   CHECK(test.records() == std::vector<alert>{…});
template <class Out, class... In>
class harness<Out(In...)> {
  template <std::size_t I>
  using input_record = std::tuple_element_t<I, std::tuple<In...>>;

public:
  /// `sides`: the weir::side_output tags of the piece's last operator that the test reads.
  template <class Piece, class... Sides>
  explicit harness(Piece make, const harness_options& options = {}, const side_output<Sides>&... sides) {
    env_.set_parallelism(options.parallelism).set_max_parallelism(options.max_parallelism);
    auto streams = std::apply([this](auto&... each) { return std::tuple{read(each)...}; }, inputs_);
    stream<Out> out = std::apply(make, std::move(streams));
    capture(out, output_);
    (capture_side(out, sides), ...);
    piece_ = piece::make(env_, options);
  }

  /// A record comes in, of the first input or of input number I.
  template <std::size_t I = 0>
  void push(input_record<I> record, std::optional<std::int64_t> timestamp = {}) {
    std::get<I>(inputs_)->events.push_back({timed<input_record<I>>{std::move(record), timestamp}, {}});
    piece_->settle();
  }

  /// Event time of all inputs, or of one, goes on.
  void watermark(std::int64_t time) {
    std::apply([&](auto&... each) { (each->events.push_back({{}, time}), ...); }, inputs_);
    piece_->settle();
  }
  template <std::size_t I>
  void watermark_of(std::int64_t time) {
    std::get<I>(inputs_)->events.push_back({{}, time});
    piece_->settle();
  }
  /// An input gives no time until its next record or watermark.
  template <std::size_t I = 0>
  void idle() {
    std::get<I>(inputs_)->events.push_back({});
    piece_->settle();
  }

  /// Processing time goes forward; what is due on the way happens at its time.
  void set_processing_time(std::int64_t ms) { piece_->set_processing_time(ms); }
  void advance_processing_time(std::int64_t by_ms) {
    piece_->set_processing_time(piece_->processing_time() + by_ms);
  }

  /// The inputs have ended: nothing may be pushed any more.
  void end() {
    std::apply([](auto&... each) { ((each->ended = true), ...); }, inputs_);
    piece_->settle();
  }

  /// What has come out since the last call, in order at parallelism 1.
  std::vector<timed<Out>> output() { return std::exchange(output_->records, {}); }
  std::vector<Out> records() { return values(output()); }
  /// The same of a side output.
  template <class T>
  std::vector<timed<T>> side_output_of(const side_output<T>& tag) {
    auto found = sides_.find(tag.name());
    if (found == sides_.end())
      throw std::invalid_argument{"the harness was not made with the side output \"" + tag.name() + "\""};
    return std::exchange(
        (*std::any_cast<std::shared_ptr<detail::captured_output<T>>>(&found->second))->records, {});
  }
  template <class T>
  std::vector<T> side(const side_output<T>& tag) {
    return values(side_output_of(tag));
  }

  /// How far event time has come behind the piece.
  [[nodiscard]] std::int64_t output_watermark() const { return output_->watermark; }

  /// All state as it is now, for harness_options::snapshot.
  [[nodiscard]] std::string snapshot() { return piece_->snapshot(); }
  /// With harness_options::checkpoints: the last snapshot becomes a complete checkpoint, or comes to nothing.
  void complete_checkpoint() { piece_->complete_checkpoint(piece_->last_checkpoint()); }
  void abort_checkpoint() { piece_->abort_checkpoint(piece_->last_checkpoint()); }

  /// As `weir run` would show it; throws std::out_of_range when there is none of that name.
  [[nodiscard]] std::string accumulator(const std::string& name) { return piece_->accumulators().at(name); }

private:
  template <class T>
  stream<T> read(std::shared_ptr<detail::pushed_input<T>>& from) {
    from = std::make_shared<detail::pushed_input<T>>();
    auto node = detail::add_source(env_, "input", &detail::record_type_of<T>(),
                                   [from] { return std::make_unique<detail::pushed_source<T>>(from); });
    stream<T> input{detail::upstream::of(&env_, node)};
    input.set_parallelism(1);
    return input;
  }

  template <class T>
  static void capture(const stream<T>& from, std::shared_ptr<detail::captured_output<T>>& to) {
    to = std::make_shared<detail::captured_output<T>>();
    const detail::upstream& end = from.from();
    auto node = detail::add_node(end, "capture", nullptr,
                                 [to] { return std::make_unique<detail::captured_sink<T>>(to); });
    stream<T>{detail::upstream::of(end.env, node)}.set_parallelism(1);
  }

  template <class T>
  void capture_side(const stream<Out>& from, const side_output<T>& tag) {
    std::shared_ptr<detail::captured_output<T>> to;
    capture(from.side(tag), to);
    sides_[tag.name()] = to;
  }

  template <class T>
  static std::vector<T> values(std::vector<timed<T>> from) {
    std::vector<T> all;
    for (auto& each : from)
      all.push_back(std::move(each.record));
    return all;
  }

  environment env_;
  std::tuple<std::shared_ptr<detail::pushed_input<In>>...> inputs_;
  std::shared_ptr<detail::captured_output<Out>> output_;
  std::map<std::string, std::any> sides_;
  std::unique_ptr<piece> piece_; ///< refers to the environment
};

} // namespace weir::testing
