#pragma once

#include <weir/collector.hpp>
#include <weir/detail/source_parts.hpp>
#include <weir/detail/stage.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace weir::detail {

/// The output side of a loop: hands batches to the next operator and gets batches to write to.
template <class T>
class batch_writer {
public:
  void attach(output* to) { to_ = to; }

  /// An empty batch.
  batch<T>& next() {
    if (!batch_)
      batch_ = record_type_of<T>().make_batch(record_type_of<T>());
    else
      batch_->clear();
    return static_cast<batch<T>&>(*batch_);
  }

  /// Hands on the batch of the last next().
  void emit(std::uint32_t size) {
    if (size == 0)
      return;
    batch_->size = size;
    to_->emit(batch_);
  }

private:
  output* to_ = nullptr;
  batch_ptr batch_;
};

/// Runs a stage over each batch of `In`. A record's event time goes with what becomes of it; each loop exists
/// with and without times, so that a stream without them pays nothing.
template <class In, class Out, class Stage>
class stage_operator final : public stream_operator {
public:
  explicit stage_operator(Stage stage) : stage_{std::move(stage)} {}

  void open(operator_context& context) override {
    to_ = context.out();
    if constexpr (emits_at_most_one<Stage>)
      writer_.attach(to_);
    else
      collector_.attach(to_);
  }

  void process(std::uint32_t, batch_ptr& records) override {
    if (records->has_timestamps)
      run<true>(records);
    else
      run<false>(records);
  }

  void flush() override {
    if constexpr (!emits_at_most_one<Stage>)
      collector_.flush();
  }

private:
  template <bool Timed>
  void run(batch_ptr& records) {
    auto& in = static_cast<batch<In>&>(*records);
    if constexpr (!emits_at_most_one<Stage>) {
      collect<Timed>(in);
    } else if constexpr (std::same_as<In, Out>) {
      run_in_place<Timed>(in, records);
    } else {
      // A batch of smaller records may hold more than one of larger ones.
      for (std::uint32_t begin = 0; begin < in.size; begin += batch_capacity<Out>)
        run_slice<Timed>(in, begin, std::min(in.size, begin + batch_capacity<Out>));
    }
  }

  template <bool Timed>
  void collect(batch<In>& in) {
    In* values = in.values();
    const event_time* times = Timed ? in.timestamps() : nullptr;
    collector_.begin(Timed);
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      if constexpr (Timed)
        collector_.at(times[i]);
      stage_.run(values[i], collector_);
    }
  }

  template <bool Timed>
  void run_in_place(batch<In>& in, batch_ptr& records) {
    In* values = in.values();
    event_time* times = Timed ? in.timestamps() : nullptr;
    array_emitter<Out> emitter{values, &in.bytes};
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      if constexpr (Timed) // before it is known whether the record stays
        times[emitter.size] = times[i];
      if constexpr (branch_free<In>) {
        In value = values[i];
        stage_.run(value, emitter);
      } else {
        stage_.run(values[i], emitter);
      }
    }
    in.size = emitter.size;
    in.has_hashes = false;
    if (in.size != 0)
      to_->emit(records);
  }

  template <bool Timed>
  void run_slice(batch<In>& in, std::uint32_t begin, std::uint32_t end) {
    batch<Out>& out = writer_.next();
    array_emitter<Out> emitter{out.values(), &out.bytes};
    In* __restrict values = in.values();
    const event_time* times = Timed ? in.timestamps() : nullptr;
    event_time* out_times = Timed ? out.timestamps() : nullptr;
    for (std::uint32_t i = begin; i < end; ++i) {
      if constexpr (Timed)
        out_times[emitter.size] = times[i];
      stage_.run(values[i], emitter);
    }
    out.has_timestamps = Timed;
    writer_.emit(emitter.size);
  }

  [[no_unique_address]] Stage stage_;
  output* to_ = nullptr;
  batch_writer<Out> writer_;
  collector<Out> collector_;
};

/// What a generated stream produces: numbers 0 to count - 1, given to a stage that makes records of them.
struct generate_options {
  std::uint64_t count = 0;
  double rate_per_second = 0; ///< of all subtasks together; 0: as fast as it goes
};

/// Runs a stage over ranges of numbers: the source is part of the loop. Each subtask begins with a contiguous
/// share.
template <class Out, class Stage>
class generate_source final : public source_operator {
public:
  generate_source(generate_options options, Stage stage) : options_{options}, stage_{std::move(stage)} {}

  void open(operator_context& context) override {
    context_ = &context;
    left_.open(context, options_.count, [&] { return std::vector<number_range>{{0, options_.count}}; });
    rate_per_ms_ = options_.rate_per_second / 1000.0 / context.parallelism();
    started_ms_ = context.monotonic_ms();
    writer_.attach(context.out());
    collector_.attach(context.out());
  }

  status poll() override {
    if (left_.empty())
      return status::ended;
    std::uint64_t next = left_.front().begin;
    std::uint64_t until = std::min(left_.front().end, next + batch_capacity<Out>);
    if (options_.rate_per_second > 0) {
      double due = static_cast<double>(context_->monotonic_ms() - started_ms_) * rate_per_ms_;
      auto due_in_all = static_cast<std::uint64_t>(due);
      if (due_in_all <= given_)
        return status::idle;
      until = std::min(until, next + (due_in_all - given_));
    }
    run(next, until);
    given_ += until - next;
    left_.read_to(until);
    return left_.empty() ? status::ended : status::more;
  }

  /// At most until the next record is due.
  [[nodiscard]] std::uint32_t retry_after_ms() const override {
    return static_cast<std::uint32_t>(std::clamp(1.0 / rate_per_ms_, 1.0, 100.0));
  }

  void flush() override {
    if constexpr (!emits_at_most_one<Stage>)
      collector_.flush();
  }

private:
  void run(std::uint64_t begin, std::uint64_t end) {
    if constexpr (emits_at_most_one<Stage>) {
      batch<Out>& out = writer_.next();
      array_emitter<Out> emitter{out.values(), &out.bytes};
      for (std::uint64_t i = begin; i < end; ++i)
        stage_.run(std::uint64_t{i}, emitter);
      writer_.emit(emitter.size);
    } else {
      for (std::uint64_t i = begin; i < end; ++i)
        stage_.run(std::uint64_t{i}, collector_);
    }
  }

  generate_options options_;
  [[no_unique_address]] Stage stage_;
  operator_context* context_ = nullptr;
  source_parts<number_range> left_;
  std::uint64_t given_ = 0; ///< since it was opened
  double rate_per_ms_ = 0;
  std::int64_t started_ms_ = 0;
  batch_writer<Out> writer_;
  collector<Out> collector_;
};

/// The records given to from_elements.
template <class T>
class elements_source final : public source_operator {
public:
  explicit elements_source(std::shared_ptr<const std::vector<T>> elements) : elements_{std::move(elements)} {}

  void open(operator_context& context) override {
    collector_.attach(context.out());
    std::uint64_t count = elements_->size();
    left_.open(context, count, [&] { return std::vector<number_range>{{0, count}}; });
  }

  status poll() override {
    if (left_.empty())
      return status::ended;
    std::uint64_t next = left_.front().begin;
    std::uint64_t until = std::min(left_.front().end, next + batch_capacity<T>);
    for (std::uint64_t i = next; i < until; ++i)
      collector_.emit((*elements_)[i]);
    left_.read_to(until);
    return left_.empty() ? status::ended : status::more;
  }

  void flush() override { collector_.flush(); }

private:
  std::shared_ptr<const std::vector<T>> elements_;
  source_parts<number_range> left_;
  collector<T> collector_;
};

} // namespace weir::detail
