#pragma once

#include "simulation/checkpoint_damage.hpp"
#include "simulation/exactly_once_job.hpp"
#include "simulation/fault_plan.hpp"
#include "simulation/simulated_cluster.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir::simulation {

/// Does to a cluster what was planned, when it is time, and starts again what crashed.
class fault_injection {
public:
  /// `checkpoints`: of the job.
  fault_injection(simulated_cluster& cluster, exactly_once_job& job, checkpoint_folders checkpoints,
                  std::vector<planned_fault> faults);

  /// To be called before each step. `note` is told what is done; `master_began` that another one leads.
  void act(const std::function<void(const std::string&)>& note, const std::function<void()>& master_began);

  /// A checkpoint has just been stored.
  void on_checkpoint_completed();

  /// Those that could not be read for a while.
  [[nodiscard]] const std::set<checkpoint_id>& damaged_checkpoints() const { return damage_.all(); }

  /// Whether nothing more is going to be done.
  [[nodiscard]] bool is_over() const;
  /// When the last fault, as far as known, ends.
  [[nodiscard]] time_point lasts_until() const { return lasts_until_; }

private:
  /// False: there is nothing yet to do it to.
  bool inject(const planned_fault& fault);
  void hold(std::size_t from, std::size_t to, time_point until);
  void trouble_disk(const planned_fault& fault);
  bool damage_checkpoint(std::chrono::milliseconds length);
  void repair(const std::function<void(const std::string&)>& note, const std::function<void()>& master_began);

  simulated_cluster& cluster_;
  exactly_once_job& job_;
  time_point begin_;
  std::vector<planned_fault> left_;                       ///< the next one last
  std::map<std::size_t, std::chrono::milliseconds> away_; ///< how long nodes stay away when they end
  std::map<std::size_t, time_point> back_at_;             ///< of nodes that are down
  time_point lasts_until_;
  checkpoint_damage damage_;
  time_point damage_ends_at_;
  std::optional<std::chrono::milliseconds> damages_next_; ///< so long, the next checkpoint to be complete
};

} // namespace weir::simulation
