#include "exchange/input_gate.hpp"

#include <cassert>

namespace weir {

void input_gate::add(const detail::record_type& record, const channel_options& options) {
  channels_.emplace_back(record, options);
  waits_.push_back(false);
  turns_.push_back(0);
}

void input_gate::note_ready(std::uint32_t channel) {
  if (waits_[channel] || !channels_[channel].ready())
    return;
  waits_[channel] = true;
  std::size_t last = first_ + in_line_++;
  turns_[last < turns_.size() ? last : last - turns_.size()] = channel;
}

std::uint32_t input_gate::take_turn() {
  assert(has_ready());
  std::uint32_t channel = turns_[first_];
  first_ = first_ + 1 < turns_.size() ? first_ + 1 : 0;
  --in_line_;
  waits_[channel] = false;
  return channel;
}

} // namespace weir
