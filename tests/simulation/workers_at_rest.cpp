#include "simulation/workers_at_rest.hpp"

#include <utility>

namespace weir::simulation {

void workers_at_rest::look(std::function<void(std::string)> tell) {
  auto* gateway = cluster_.gateway();
  if (!gateway || asked_ || cluster_.now() < next_at_)
    return;
  asked_ = true;
  gateway->workers(
      [this, tell = std::move(tell), turn = ++turn_](const result<std::vector<worker_status>>& answer) {
        if (turn != turn_)
          return;
        asked_ = false;
        next_at_ = cluster_.now() + interval_;
        cluster_.wake_at(next_at_);
        tell(answer ? what_is_wrong(*answer) : answer.failure().message());
      });
}

void workers_at_rest::on_master_gone() {
  asked_ = false;
  ++turn_;
}

std::string workers_at_rest::what_is_wrong(const std::vector<worker_status>& workers) const {
  if (workers.size() + 1 != cluster_.nodes())
    return std::to_string(workers.size()) + " workers are registered";
  for (const auto& worker : workers) {
    for (const auto& slot : worker.slots)
      if (!slot.free)
        return "slot " + std::to_string(slot.index) + " of " + worker.id + " is not free";
    if (!worker.tasks.empty())
      return worker.id + " still runs a task";
  }
  return {};
}

} // namespace weir::simulation
