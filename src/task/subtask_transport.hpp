#pragma once

#include "exchange/channel_sink.hpp"

#include <cstdint>
#include <vector>

namespace weir {

/// The way from a subtask to the other ends of its channels. The subtask calls it from within open(), run()
/// and close(), and never expects an answer at once. `in` and `out` are positions in subtask::in_channels()
/// and subtask::out_channels().
class subtask_transport : public channel_sink {
public:
  /// Asks the producer to send. Each `opening` needs a route of its own, so that what was sent to an earlier
  /// one finds nobody. The same opening may be asked for again when no answer came.
  virtual void open_channel(std::uint32_t in, std::uint32_t opening, std::uint64_t granted_total) = 0;

  /// The producer may have sent `granted_total` items (local) or frames (remote) in all. `emptied` goes back
  /// to a producer in this process as memory for its next batches.
  virtual void grant(std::uint32_t in, std::uint64_t granted_total,
                     std::vector<detail::batch_ptr> emptied) = 0;

  /// Items that send_item() held back to send several at once have to go now. A consumer that sleeps is
  /// woken once for them, which costs as much as the making of a batch.
  virtual void deliver_items() = 0;

  /// This task takes nothing any more: it has read the end, or ends early.
  virtual void close_channel(std::uint32_t in) = 0;
};

} // namespace weir
