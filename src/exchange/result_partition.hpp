#pragma once

#include "exchange/barrier_aligner.hpp"
#include "exchange/out_channel.hpp"

#include <weir/detail/graph.hpp>
#include <weir/detail/operator.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// What spreads the records of an edge over its channels. Throws std::invalid_argument when the graph lacks
/// the code for it.
std::unique_ptr<detail::stream_operator> make_partitioner(const detail::graph_edge& edge,
                                                          detail::partitioning how,
                                                          const detail::partitioner_context& context);

/// One edge out of a subtask: a partitioner, and a channel to each consumer.
///
/// To the operator chain it is a last operator: batches go through the partitioner to the channels,
/// watermarks and the end go to every channel behind what was sent before. flush() empties the partitioner,
/// flush_channels() also sends frames that are not full.
class result_partition final : public detail::stream_operator, private detail::channel_writer {
public:
  /// `context.writer` is set here. Requires at least one channel.
  /// `checkpointed`: the channels stay open behind the last record, for barriers, until end_channels().
  result_partition(const detail::graph_edge& edge, detail::partitioning how,
                   detail::partitioner_context context, std::vector<std::unique_ptr<out_channel>> channels,
                   bool checkpointed = false);

  void open(detail::operator_context& context) override { partitioner_->open(context); }
  void process(std::uint32_t input, detail::batch_ptr& records) override;
  void flush() override { partitioner_->flush(); }
  void on_watermark(detail::event_time time) override;
  void end_of_input(std::uint32_t input) override;
  void close() noexcept override { partitioner_->close(); }

  /// Tells every consumer that nothing will come for a while, or that something will again.
  void send_idleness(bool idle);

  /// Sends a barrier behind what was sent before, at once.
  void send_barrier(const barrier& of);

  /// Nothing comes any more, not even a barrier.
  void end_channels();

  void flush_channels();

  /// Sends what waits in the channels, as far as the credit goes.
  void pump();

  /// True when every consumer was sent all there is.
  [[nodiscard]] bool is_done() const;
  [[nodiscard]] std::uint64_t records_out() const { return records_out_; }

private:
  [[nodiscard]] std::uint32_t channels() const override {
    return static_cast<std::uint32_t>(channels_.size());
  }
  void send(std::uint32_t channel, detail::batch_ptr& records) override { channels_[channel]->send(records); }

  std::vector<std::unique_ptr<out_channel>> channels_;
  std::unique_ptr<detail::stream_operator> partitioner_;
  std::uint64_t records_out_ = 0;
  bool checkpointed_;
};

} // namespace weir
