#pragma once

#include "test_backends.hpp"

#include <weir/detail/batch.hpp>
#include <weir/detail/codec.hpp>
#include <weir/detail/graph.hpp>
#include <weir/detail/hash.hpp>
#include <weir/detail/metrics.hpp>
#include <weir/detail/operator.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Subtasks of a keyed operator, driven by hand, with snapshots that are restored at any parallelism.
namespace windows_test {

using namespace weir::detail;

class plain_metrics final : public operator_metrics {
public:
  accumulator_value& accumulator(std::string_view name, accumulator_kind) override {
    return accumulators[std::string{name}];
  }
  metric_value& metric(std::string_view name, metric_kind) override { return metrics[std::string{name}]; }
  void gauge(std::string_view, const void*, read_gauge) override {}
  [[nodiscard]] std::int64_t monotonic_ms() override { return 0; }
  std::map<std::string, accumulator_value> accumulators;
  std::map<std::string, metric_value> metrics;
};

/// Keeps records as text, each with its event time in front.
class timed_lines final : public output {
public:
  explicit timed_lines(std::vector<std::string>& to) : to_{to} {}
  void emit(batch_ptr& records) override {
    for (std::uint32_t i = 0; i < records->size; ++i) {
      std::string line = time_of(*records, i) + ": ";
      records->type->format(*records, i, line);
      to_.push_back(std::move(line));
    }
  }

private:
  static std::string time_of(const batch_base& records, std::uint32_t index) {
    if (!records.has_timestamps)
      return "untimed";
    // Times are the last column of the encoded form.
    std::vector<char> bytes;
    records.type->encode(records, bytes);
    std::int64_t time = 0;
    std::memcpy(&time, bytes.data() + bytes.size() - 8 * (records.size - index), 8);
    return std::to_string(time);
  }
  std::vector<std::string>& to_;
};

class subtask_context final : public operator_context {
public:
  subtask_context(std::uint32_t subtask, std::uint32_t parallelism, const backend& where,
                  const stored_states* from, std::vector<std::string>& out, std::vector<std::string>& side,
                  const std::int64_t& wall_ms)
      : subtask_{subtask},
        parallelism_{parallelism},
        states_{subtask, parallelism, where, from},
        out_{out},
        side_{side},
        wall_ms_{wall_ms} {}

  [[nodiscard]] std::uint32_t subtask() const override { return subtask_; }
  [[nodiscard]] std::uint32_t parallelism() const override { return parallelism_; }
  [[nodiscard]] std::uint32_t max_parallelism() const override { return key_groups; }
  [[nodiscard]] std::uint64_t attempt() const override { return 1; }
  [[nodiscard]] const std::string& job() const override { return name_; }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& id() const override { return name_; }
  [[nodiscard]] weir::platform& platform() override { throw std::logic_error{"no platform here"}; }
  [[nodiscard]] std::int64_t monotonic_ms() override { return wall_ms_; }
  [[nodiscard]] std::int64_t wall_ms() override { return wall_ms_; }
  void wake_at(std::int64_t wall_ms) override { woken_at = std::min(woken_at.value_or(wall_ms), wall_ms); }
  [[nodiscard]] bool canceled() const override { return false; }
  [[nodiscard]] output* out() override { return &out_; }
  [[nodiscard]] output* side_out(std::uint32_t) override { return &side_; }
  [[nodiscard]] const std::vector<side_output>* side_outputs() const override { return &sides; }
  void emit_watermark(event_time) override {}
  void set_idle() override {}
  [[nodiscard]] subtask_states& states() override { return states_; }
  [[nodiscard]] plain_metrics& metrics() override { return metrics_; }
  void add_result(std::string_view, std::string_view) override {}

  std::optional<std::int64_t> woken_at;
  std::vector<side_output> sides;

private:
  std::uint32_t subtask_;
  std::uint32_t parallelism_;
  std::string name_ = "operator under test";
  subtask_states states_;
  plain_metrics metrics_;
  timed_lines out_;
  timed_lines side_;
  const std::int64_t& wall_ms_;
};

/// A frozen snapshot of all subtasks, not read yet.
struct taken_snapshot {
  std::uint64_t number;
  cut_kind what;
  std::vector<std::pair<std::string, std::unique_ptr<state_cut>>> cuts;
  std::map<std::string, std::vector<std::string>> elements;
};

class keyed_operators {
public:
  using factory = std::function<std::unique_ptr<stream_operator>()>;

  explicit keyed_operators(factory make) : make_{std::move(make)} {}
  keyed_operators(keyed_operators&&) = default;
  ~keyed_operators() { stop(); }

  void start(std::uint32_t parallelism, const backend& where = {}, const stored_states* from = nullptr) {
    stop();
    for (std::uint32_t subtask = 0; subtask < parallelism; ++subtask) {
      auto& added = subtasks_.emplace_back();
      added.context =
          std::make_unique<subtask_context>(subtask, parallelism, where, from, lines, late, wall_ms);
      added.context->sides = sides;
      added.op = make_();
      added.op->open(*added.context);
    }
  }

  /// Brings records of one input, each to the subtask of its key.
  template <class T, class KeyOf>
  void add(const std::vector<std::pair<event_time, T>>& records, KeyOf key_of, std::uint32_t input = 0) {
    std::vector<batch_ptr> batches(subtasks_.size());
    for (const auto& [time, record] : records) {
      std::uint64_t hash = hash_key(key_of(record));
      auto to =
          subtask_of(key_group(hash, key_groups), key_groups, static_cast<std::uint32_t>(subtasks_.size()));
      auto& open = batches[to];
      if (!open)
        open = record_type_of<T>().make_batch(record_type_of<T>());
      auto& typed = static_cast<batch<T>&>(*open);
      typed.values()[typed.size] = record;
      typed.hashes()[typed.size] = hash;
      typed.timestamps()[typed.size] = time;
      typed.has_hashes = typed.has_timestamps = true;
      if (++typed.size == batch<T>::capacity) {
        subtasks_[to].op->process(input, open);
        open = {};
      }
    }
    for (std::size_t to = 0; to < subtasks_.size(); ++to)
      if (batches[to])
        subtasks_[to].op->process(input, batches[to]);
    flush();
  }

  void watermark(event_time time) {
    for (auto& each : subtasks_)
      each.op->on_watermark(time);
    flush();
  }

  /// Lets processing time go on, and wakes those who asked for it.
  void set_wall(std::int64_t to) {
    wall_ms = to;
    for (auto& each : subtasks_)
      while (each.context->woken_at && *each.context->woken_at <= wall_ms) {
        each.context->woken_at.reset();
        each.op->on_processing_time(wall_ms);
      }
    flush();
  }

  void end(std::uint32_t inputs = 1) {
    for (auto& each : subtasks_) {
      each.op->on_watermark(max_event_time);
      for (std::uint32_t input = 0; input < inputs; ++input)
        each.op->end_of_input(input);
      while (each.op->drain()) {
      }
    }
    flush();
  }

  taken_snapshot freeze(std::uint64_t number, cut_kind what) {
    taken_snapshot taken{number, what, {}, {}};
    for (auto& each : subtasks_) {
      each.op->before_snapshot(number);
      auto& states = each.context->states();
      for (keyed_state* state : states.keyed)
        taken.cuts.emplace_back(state->type().name, state->freeze(number, what));
      for (auto& collector : states.collectors)
        collector.collect(collector.of, taken.elements[collector.name]);
    }
    return taken;
  }

  /// Reads what was frozen into the snapshot, and confirms it or not.
  void store(taken_snapshot taken, stored_states& to) {
    if (taken.what == cut_kind::full)
      to.clear();
    for (auto& [name, cut] : taken.cuts)
      to.apply(name, *cut);
    to.elements = std::move(taken.elements);
    for (auto& each : subtasks_)
      for (keyed_state* state : each.context->states().keyed)
        state->confirm(taken.number);
  }
  void abandon(taken_snapshot taken) {
    taken.cuts.clear();
    for (auto& each : subtasks_)
      for (keyed_state* state : each.context->states().keyed)
        state->abandon(taken.number);
  }

  [[nodiscard]] double metric(const std::string& name) {
    double sum = 0;
    for (auto& each : subtasks_)
      sum += each.context->metrics().metrics[name].value;
    return sum;
  }
  [[nodiscard]] std::uint64_t memory() {
    std::uint64_t sum = 0;
    for (auto& each : subtasks_)
      for (keyed_state* state : each.context->states().keyed)
        sum += state->memory();
    return sum;
  }
  [[nodiscard]] std::uint64_t entries() {
    std::uint64_t sum = 0;
    for (auto& each : subtasks_)
      for (keyed_state* state : each.context->states().keyed)
        sum += state->entries();
    return sum;
  }

  std::vector<std::string> lines; ///< what came out, with its event time
  std::vector<std::string> late;
  std::int64_t wall_ms = 0;
  std::vector<side_output> sides; ///< all of them write to `late`

private:
  struct subtask {
    std::unique_ptr<subtask_context> context;
    std::unique_ptr<stream_operator> op;
  };

  void flush() {
    for (auto& each : subtasks_)
      each.op->flush();
  }
  void stop() {
    for (auto& each : subtasks_)
      each.op->close();
    subtasks_.clear();
  }

  factory make_;
  std::deque<subtask> subtasks_;
};

/// Which lines are only in one of both, in whatever order they came; empty when there are none.
inline std::string difference(std::vector<std::string> found, std::vector<std::string> expected) {
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  std::vector<std::string> missing, surplus;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::back_inserter(missing));
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                      std::back_inserter(surplus));
  std::string text;
  for (const auto& line : missing)
    text += "missing " + line + '\n';
  for (const auto& line : surplus)
    text += "surplus " + line + '\n';
  return text;
}

} // namespace windows_test
