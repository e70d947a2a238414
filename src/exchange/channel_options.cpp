#include "exchange/channel_options.hpp"

#include <string>

namespace weir {

namespace {

constexpr std::size_t segment_size_min = 1024;
constexpr std::size_t segment_size_max = 4 * 1024 * 1024; // larger messages delay the heartbeats behind them
constexpr std::size_t batch_size_max = 1024u * 1024u * 1024u; // an item's length has 32 bits
constexpr std::uint32_t buffers_max = 65536;

error outside(const std::string& key, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  return error{errc::invalid_argument, key + " is " + std::to_string(value) + ", but must be from " +
                                           std::to_string(least) + " to " + std::to_string(most)};
}

} // namespace

result<void> check(const channel_options& options) {
  if (options.segment_size < segment_size_min || options.segment_size > segment_size_max)
    return outside("taskmanager.memory.segment-size", options.segment_size, segment_size_min,
                   segment_size_max);
  if (options.buffers_per_channel < 1 || options.buffers_per_channel > buffers_max)
    return outside("taskmanager.network.memory.buffers-per-channel", options.buffers_per_channel, 1,
                   buffers_max);
  if (options.batch_max_size < options.segment_size || options.batch_max_size > batch_size_max)
    return outside("taskmanager.network.batch.max-size", options.batch_max_size, options.segment_size,
                   batch_size_max);
  if (options.open_retry_initial.count() <= 0 || options.open_retry_max < options.open_retry_initial)
    return error{errc::invalid_argument,
                 "channel.open.retry.initial must be above 0 and not above channel.open.retry.max"};
  if (options.open_timeout.count() <= 0)
    return error{errc::invalid_argument, "channel.open.timeout must be above 0"};
  return {};
}

} // namespace weir
