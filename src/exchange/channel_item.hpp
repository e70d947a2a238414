#pragma once

#include <weir/detail/batch.hpp>

#include <cstdint>

namespace weir {

/// What travels on a channel, in order: records, and events between them. The numbers are those of the frame
/// format.
enum class item_kind : std::uint8_t {
  batch = 1,
  batch_part = 2,   ///< only in frames: the front of a batch that goes on in the next item
  watermark = 3,    ///< payload: event time, two's complement
  end_of_input = 4, ///< the channel ends; payload: how many batches it carried
  barrier = 5,      ///< payload: checkpoint id
  end_of_data = 6,  ///< no more records or times will come, but barriers may
  idleness = 7,     ///< payload: 1 idle, 0 active again
};

/// One batch or one event. What is handed over by reference between two tasks of a process.
struct channel_item {
  item_kind kind = item_kind::batch;
  std::uint64_t payload = 0; ///< of an event
  detail::batch_ptr records; ///< of a batch; the receiver owns it
  std::uint64_t base = 0;    ///< of a barrier: barrier::base
};

} // namespace weir
