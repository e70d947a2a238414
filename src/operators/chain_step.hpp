#pragma once

#include "operators/chain_context.hpp"
#include "operators/chain_output.hpp"
#include "operators/watermark_minimum.hpp"

#include <weir/detail/operator.hpp>

#include <cstdint>
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
  };

  chain_step(std::string step_name, running_operator& running)
      : name{std::move(step_name)}, output{running} {}

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
  std::unique_ptr<detail::stream_operator> owned;
  detail::stream_operator* op = nullptr;
  detail::source_operator* source = nullptr; ///< `op` where it is one
  chain_output output;
  std::optional<chain_context> context;
  std::vector<follower> followers;
  bool opened = false;

  std::vector<std::uint32_t> input_of_stream;
  std::vector<std::size_t> open_streams; ///< by input
  std::size_t open_inputs = 0;
  watermark_minimum time{0};
  std::uint64_t records_in = 0;
};

} // namespace weir
