#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir {

/// Limits of every channel. Both ends need the same `segment_size` and `batch_max_size`.
struct channel_options {
  /// taskmanager.memory.segment-size: bytes of a frame, header included.
  std::size_t segment_size = 32 * 1024;
  /// taskmanager.network.memory.buffers-per-channel: frames, or batches inside a process, that a consumer
  /// takes before it has read any.
  std::uint32_t buffers_per_channel = 16;
  /// taskmanager.network.batch.max-size: bytes of one encoded batch, which may be spread over many frames.
  std::size_t batch_max_size = 256 * 1024 * 1024;
  /// channel.open.retry.initial and channel.open.retry.max: wait before `open` is sent again, doubled each
  /// time. The first is short because a consumer is often deployed some milliseconds before its producer.
  std::chrono::milliseconds open_retry_initial{10};
  std::chrono::milliseconds open_retry_max{5'000};
  /// channel.open.timeout: a consumer whose channel is not open by then fails.
  std::chrono::milliseconds open_timeout{30'000};
};

/// Refuses values that no channel can work with. The error names the key.
result<void> check(const channel_options& options);

} // namespace weir
