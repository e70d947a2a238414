#include <weir/detail/builtin.hpp>
#include <weir/detail/record_type.hpp>

#include <vector>

namespace weir::detail {

namespace {

/// All to channel 0: the one subtask of the same number, or subtask 0 of all.
class single_channel_partitioner final : public stream_operator {
public:
  explicit single_channel_partitioner(channel_writer& writer) : writer_{&writer} {}

  void process(std::uint32_t, batch_ptr& records) override { writer_->send(0, records); }

private:
  channel_writer* writer_;
};

/// A batch to each channel in turn.
class round_robin_partitioner final : public stream_operator {
public:
  explicit round_robin_partitioner(const partitioner_context& context)
      : writer_{context.writer},
        // Not all producers begin with the same consumer, which matters when there are few batches.
        next_{context.subtask % context.writer->channels()} {}

  void process(std::uint32_t, batch_ptr& records) override {
    writer_->send(next_, records);
    next_ = next_ + 1 < writer_->channels() ? next_ + 1 : 0;
  }

private:
  channel_writer* writer_;
  std::uint32_t next_;
};

/// Each batch to every channel. A consumer may change its batch, so each gets its own.
class broadcast_partitioner final : public stream_operator {
public:
  explicit broadcast_partitioner(channel_writer& writer) : writer_{&writer}, copies_(writer.channels()) {}

  void process(std::uint32_t, batch_ptr& records) override {
    for (std::uint32_t channel = 0; channel + 1 < copies_.size(); ++channel) {
      copy_batch(copies_[channel], *records);
      writer_->send(channel, copies_[channel]);
    }
    writer_->send(static_cast<std::uint32_t>(copies_.size() - 1), records);
  }

private:
  channel_writer* writer_;
  std::vector<batch_ptr> copies_; ///< what send() gave back, to be filled again
};

} // namespace

std::unique_ptr<stream_operator> make_forward_partitioner(const partitioner_context& context) {
  return std::make_unique<single_channel_partitioner>(*context.writer);
}

std::unique_ptr<stream_operator> make_rebalance_partitioner(const partitioner_context& context) {
  return std::make_unique<round_robin_partitioner>(context);
}

std::unique_ptr<stream_operator> make_broadcast_partitioner(const partitioner_context& context) {
  return std::make_unique<broadcast_partitioner>(*context.writer);
}

std::unique_ptr<stream_operator> make_global_partitioner(const partitioner_context& context) {
  return std::make_unique<single_channel_partitioner>(*context.writer);
}

} // namespace weir::detail
