#pragma once

#include "rest/cluster_gateway.hpp"
#include "simulation/simulated_cluster.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weir::simulation {

/// Asks the master whether all workers are there with empty hands: no task, and every slot free.
class workers_at_rest {
public:
  /// `interval`: of virtual time between two looks.
  workers_at_rest(simulated_cluster& cluster, std::chrono::milliseconds interval)
      : cluster_{cluster}, interval_{interval} {}

  /// Asks, if it is time and there is a master. `tell` gets what is wrong, or an empty text.
  void look(std::function<void(std::string)> tell);

  /// The present question will never be answered.
  void on_master_gone();

private:
  [[nodiscard]] std::string what_is_wrong(const std::vector<worker_status>& workers) const;

  simulated_cluster& cluster_;
  std::chrono::milliseconds interval_;
  bool asked_ = false;
  std::uint64_t turn_ = 0;
  time_point next_at_{};
};

} // namespace weir::simulation
