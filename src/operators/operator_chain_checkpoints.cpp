#include "operators/operator_chain.hpp"

#include <algorithm>
#include <utility>

/// Snapshots of a chain, and what its operators hear of checkpoints.
namespace weir {

result<std::vector<operator_state_cut>> operator_chain::freeze(std::uint64_t number, detail::cut_kind what) {
  if (auto flushed = flush(); !flushed)
    return flushed.failure();
  std::vector<operator_state_cut> cuts;
  auto frozen = guarded([&] {
    for (std::size_t s = 0; s < operators_; ++s) {
      running_.name = &steps_[s]->name;
      steps_[s]->op->before_snapshot(number);
    }
    for (std::size_t s = 0; s < operators_; ++s) {
      running_.name = &steps_[s]->name;
      cuts.push_back(steps_[s]->context->states().freeze(number, what));
    }
  });
  if (frozen)
    return cuts;
  std::size_t done = cuts.size();
  cuts.clear(); // before their states are told
  for (std::size_t s = 0; s < done; ++s)
    steps_[s]->context->states().abandon(number);
  return frozen.failure();
}

void operator_chain::abandon(std::uint64_t number) {
  for (std::size_t s = 0; s < operators_; ++s)
    steps_[s]->context->states().abandon(number);
}

result<void> operator_chain::notify_completed(std::uint64_t checkpoint) {
  return guarded([&] {
    for (std::size_t s = 0; s < operators_; ++s)
      steps_[s]->context->states().confirm(checkpoint);
    for (std::size_t s = 0; s < operators_; ++s) {
      running_.name = &steps_[s]->name;
      steps_[s]->op->on_checkpoint_completed(checkpoint);
    }
  });
}

result<void> operator_chain::notify_aborted(std::uint64_t checkpoint) {
  abandon(checkpoint);
  return guarded([&] {
    for (std::size_t s = 0; s < operators_; ++s) {
      running_.name = &steps_[s]->name;
      steps_[s]->op->on_checkpoint_aborted(checkpoint);
    }
  });
}

bool operator_chain::committed() const {
  return std::all_of(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(operators_),
                     [](const auto& step) { return step->op->committed(); });
}

result<void> operator_chain::discard() {
  result<void> first;
  for (std::size_t s = 0; s < operators_; ++s) {
    if (!steps_[s]->opened)
      continue;
    auto discarded = guarded([&, step = steps_[s].get()] {
      running_.name = &step->name;
      step->op->discard();
    });
    if (first && !discarded)
      first = discarded;
  }
  return first;
}

} // namespace weir
