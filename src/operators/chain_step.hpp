#pragma once

#include "operators/chain_context.hpp"
#include "operators/chain_output.hpp"
#include "operators/kept_end.hpp"
#include "operators/watermark_minimum.hpp"

#include <weir/detail/operator.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// One operator of a chain, or the exit on an edge, with what it reads and what reads it.
///
/// An operator reads streams: one for each operator of the chain in front of it, one for each channel of an
/// edge. Time is the least over all streams; an input ends with the last stream of its number.
struct chain_step {
  struct follower {
    chain_step* step = nullptr;
    std::size_t stream = 0;
    std::uint32_t output = 0; ///< of this step, which it reads
  };

  chain_step(std::string step_name, running_operator& running)
      : name{std::move(step_name)}, running{running}, output{running} {}

  /// Where records of an output go: 0 the operator's, n its side output n - 1.
  chain_output& out(std::uint32_t number) { return number == 0 ? output : *side_outputs.at(number - 1); }

  void add_side_outputs(std::size_t count) {
    while (side_outputs.size() < count)
      side_outputs.push_back(std::make_unique<chain_output>(running));
  }

  /// Adds streams of one of the operator's inputs; returns the first of them.
  std::size_t add_streams(std::uint32_t input, std::size_t count) {
    if (input >= open_streams.size())
      open_streams.resize(input + 1);
    open_streams[input] += count;
    open_inputs = open_streams.size();
    std::size_t first = input_of_stream.size();
    input_of_stream.resize(first + count, input);
    time = watermark_minimum{input_of_stream.size()};
    return first;
  }

  std::string name;
  std::optional<chain_context> context; ///< outlives the operator, which may use it to the last
  std::unique_ptr<detail::stream_operator> owned;
  detail::stream_operator* op = nullptr;
  detail::source_operator* source = nullptr; ///< `op` where it is one
  running_operator& running;
  chain_output output;
  std::vector<std::unique_ptr<chain_output>> side_outputs;
  std::vector<follower> followers;
  bool opened = false;
  bool ended = false;
  bool ended_before = false; ///< in the snapshot that it begins from
  kept_end end;
  bool holds_input = false;

  std::vector<std::uint32_t> input_of_stream;
  std::vector<std::size_t> open_streams; ///< by input
  std::size_t open_inputs = 0;
  watermark_minimum time{0};
  bool makes_time = false;                               ///< the operator makes the time of its readers
  detail::event_time time_made = detail::min_event_time; ///< and has come to this
  bool idle = false;                                     ///< what its readers were told
  std::function<void(bool)> on_idleness;                 ///< of an exit
  std::optional<std::int64_t> wake_at_wall_ms;
  std::uint64_t records_in = 0;
};

} // namespace weir
