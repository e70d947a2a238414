#pragma once

#include "exchange/channel_item.hpp"

#include <cstdint>
#include <vector>

namespace weir {

/// Where a subtask's output leaves it. `out` numbers its outgoing channels.
class channel_sink {
public:
  virtual ~channel_sink() = default;

  /// To a consumer in this process.
  virtual void send_item(std::uint32_t out, std::uint64_t sequence, channel_item item) = 0;

  /// To a consumer in another process. The sequence number is inside.
  virtual void send_frame(std::uint32_t out, std::vector<char> frame) = 0;
};

} // namespace weir
