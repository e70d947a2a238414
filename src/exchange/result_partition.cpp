#include "exchange/result_partition.hpp"

#include <weir/detail/builtin.hpp>

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace weir {

using detail::partitioning;

std::unique_ptr<detail::stream_operator> make_partitioner(const detail::graph_edge& edge, partitioning how,
                                                          const detail::partitioner_context& context) {
  switch (how) {
  case partitioning::forward:
    return detail::make_forward_partitioner(context);
  case partitioning::rebalance:
  case partitioning::rescale: // differs by the channels it is given
    return detail::make_rebalance_partitioner(context);
  case partitioning::broadcast:
    return detail::make_broadcast_partitioner(context);
  case partitioning::global:
    return detail::make_global_partitioner(context);
  case partitioning::hash:
  case partitioning::custom:
    if (edge.make_partitioner)
      return edge.make_partitioner(context);
  }
  throw std::invalid_argument{"the graph has no partitioner for this edge"};
}

result_partition::result_partition(const detail::graph_edge& edge, partitioning how,
                                   detail::partitioner_context context,
                                   std::vector<std::unique_ptr<out_channel>> channels, bool checkpointed)
    : channels_{std::move(channels)}, checkpointed_{checkpointed} {
  context.writer = this;
  partitioner_ = make_partitioner(edge, how, context);
}

void result_partition::process(std::uint32_t input, detail::batch_ptr& records) {
  records_out_ += records->size;
  partitioner_->process(input, records);
}

void result_partition::on_watermark(detail::event_time time) {
  if (time == detail::max_event_time)
    return; // the end that follows says the same
  for (auto& channel : channels_)
    channel->send_event(item_kind::watermark, std::bit_cast<std::uint64_t>(time));
}

void result_partition::end_of_input(std::uint32_t input) {
  partitioner_->end_of_input(input);
  partitioner_->flush();
  if (!checkpointed_)
    return end_channels();
  for (auto& channel : channels_) {
    channel->send_event(item_kind::end_of_data, 0);
    channel->flush();
  }
}

void result_partition::send_barrier(const barrier& of) {
  for (auto& channel : channels_) {
    channel->send_event(item_kind::barrier, of.checkpoint, of.base);
    channel->flush();
  }
}

void result_partition::end_channels() {
  for (auto& channel : channels_)
    channel->end();
}

void result_partition::send_idleness(bool idle) {
  if (idle)
    partitioner_->flush();
  for (auto& channel : channels_)
    channel->send_event(item_kind::idleness, idle ? 1 : 0);
}

void result_partition::flush_channels() {
  for (auto& channel : channels_)
    channel->flush();
}

void result_partition::pump() {
  for (auto& channel : channels_)
    channel->pump();
}

bool result_partition::is_done() const {
  return std::all_of(channels_.begin(), channels_.end(),
                     [](const auto& channel) { return channel->is_done(); });
}

} // namespace weir
