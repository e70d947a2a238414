#include "simulation/fault_injection.hpp"

#include <algorithm>
#include <utility>

namespace weir::simulation {

using namespace std::chrono_literals;
using action = simulated_disk::action;

namespace {

/// Until a fault that found nothing to befall is tried again.
constexpr auto retry = 20ms;

/// Away, for a node that ended by itself.
constexpr auto supervisor_delay = 500ms;

} // namespace

fault_injection::fault_injection(simulated_cluster& cluster, exactly_once_job& job,
                                 checkpoint_folders checkpoints, std::vector<planned_fault> faults)
    : cluster_{cluster},
      job_{job},
      begin_{cluster.now()},
      left_{faults.rbegin(), faults.rend()},
      lasts_until_{cluster.now()},
      damage_{cluster.files(), std::move(checkpoints)} {
  for (const planned_fault& each : left_)
    cluster_.wake_at(begin_ + each.at);
}

void fault_injection::act(const std::function<void(const std::string&)>& note,
                          const std::function<void()>& master_began) {
  while (!left_.empty() && cluster_.now() >= begin_ + left_.back().at) {
    auto next = left_.back();
    left_.pop_back();
    if (!inject(next)) {
      next.at += retry;
      cluster_.wake_at(begin_ + next.at);
      // A fault that never finds anything to befall does not wait for ever.
      if (next.at < 60s)
        left_.insert(std::ranges::upper_bound(left_, next.at, std::greater{}, &planned_fault::at), next);
      continue;
    }
    if (next.kind == fault_kind::zombie_master)
      master_began();
    note("FAULT " + to_string(next));
    lasts_until_ = std::max(lasts_until_, cluster_.now() + next.length);
  }
  if (damage_.lasts() && cluster_.now() >= damage_ends_at_) {
    damage_.end();
    note("the checkpoint is as it was, if it is still there");
  }
  repair(note, master_began);
}

bool fault_injection::is_over() const {
  return left_.empty() && back_at_.empty() && cluster_.now() >= lasts_until_ && !cluster_.has_paused();
}

void fault_injection::on_checkpoint_completed() {
  if (damages_next_ && damage_checkpoint(*damages_next_))
    damages_next_.reset();
}

bool fault_injection::damage_checkpoint(std::chrono::milliseconds length) {
  if (cluster_.is_down(simulated_cluster::master_node) || damage_.lasts() || !damage_.begin())
    return false;
  cluster_.crash(simulated_cluster::master_node);
  damage_ends_at_ = cluster_.now() + length;
  lasts_until_ = std::max(lasts_until_, damage_ends_at_);
  cluster_.wake_at(damage_ends_at_);
  return true;
}

bool fault_injection::inject(const planned_fault& fault) {
  auto until = cluster_.now() + fault.length;
  switch (fault.kind) {
  case fault_kind::worker_crash:
  case fault_kind::master_crash:
    if (cluster_.is_down(fault.node))
      return false;
    away_[fault.node] = fault.length;
    if (fault.count == 0)
      cluster_.crash(fault.node);
    else
      cluster_.crash_at_operation(fault.node, fault.count - 1);
    return true;
  case fault_kind::zombie_master:
    if (cluster_.is_down(simulated_cluster::master_node))
      return false;
    cluster_.replace_master(fault.length);
    return true;
  case fault_kind::power:
    for (std::size_t i = 0; i < cluster_.nodes(); ++i)
      away_[i] = fault.length;
    cluster_.cut_power(fault.node == planned_nodes ? all_nodes : fault.node, fault.count);
    return true;
  case fault_kind::pause:
    cluster_.pause(fault.node, fault.length);
    return true;
  case fault_kind::hang:
    return cluster_.block_a_task(fault.length);
  case fault_kind::user_exception:
    job_.throw_after(fault.count);
    return true;
  case fault_kind::cut:
    hold(fault.node, fault.other, until);
    hold(fault.other, fault.node, until);
    return true;
  case fault_kind::cut_one_way:
    hold(fault.node, fault.other, until);
    return true;
  case fault_kind::half:
    for (std::size_t from = 0; from < cluster_.nodes(); ++from)
      for (std::size_t to = 0; to < cluster_.nodes(); ++to)
        if ((fault.other >> from & 1) != (fault.other >> to & 1))
          hold(from, to, until);
    return true;
  case fault_kind::connection_break:
    cluster_.break_a_connection();
    return true;
  case fault_kind::delay:
    cluster_.network().slow_down(200ms, until);
    return true;
  case fault_kind::disk_full:
  case fault_kind::disk_torn:
  case fault_kind::disk_unsynced:
  case fault_kind::disk_lost_reply:
  case fault_kind::disk_read:
    trouble_disk(fault);
    return true;
  case fault_kind::unreadable_checkpoint:
    if (fault.count == 0)
      return damage_checkpoint(fault.length);
    damages_next_ = fault.length;
    return true;
  }
  return true;
}

void fault_injection::hold(std::size_t from, std::size_t to, time_point until) {
  cluster_.network().hold(cluster_.host(from), cluster_.host(to), until);
}

void fault_injection::trouble_disk(const planned_fault& fault) {
  disk_trouble trouble{.node = fault.node == planned_nodes ? all_nodes : fault.node, .which = {}};
  auto once_of = [&](auto which) {
    trouble.which = which;
    trouble.after = fault.count;
    trouble.times = 1;
  };
  auto as_long_as_it_lasts = [&](auto which) {
    trouble.which = which;
    trouble.until = cluster_.now() + fault.length;
  };
  using operation = const simulated_disk::operation&;
  switch (fault.kind) {
  case fault_kind::disk_full:
    as_long_as_it_lasts([](operation now) {
      return now.what == action::create || now.what == action::append || now.what == action::create_folder;
    });
    break;
  case fault_kind::disk_read:
    as_long_as_it_lasts([](operation now) { return now.what == action::read; });
    break;
  case fault_kind::disk_torn:
    once_of([](operation now) { return now.what == action::append; });
    break;
  case fault_kind::disk_unsynced:
    once_of([](operation now) { return now.what == action::sync || now.what == action::sync_folder; });
    break;
  default:
    trouble.how = simulated_disk::fault::fail_done;
    once_of([](operation now) { return now.what != action::read && now.what != action::sync; });
  }
  cluster_.add_disk_trouble(std::move(trouble));
}

void fault_injection::repair(const std::function<void(const std::string&)>& note,
                             const std::function<void()>& master_began) {
  for (std::size_t node = 0; node < cluster_.nodes(); ++node) {
    if (!cluster_.is_down(node))
      continue;
    if (auto known = back_at_.find(node); known == back_at_.end()) {
      auto away = away_.extract(node);
      auto at = cluster_.now() + (away.empty() ? std::chrono::milliseconds{supervisor_delay} : away.mapped());
      back_at_.emplace(node, at);
      cluster_.wake_at(at);
      note(cluster_.host(node) + " is down");
      if (node == simulated_cluster::master_node)
        master_began(); // nobody answers until then
    }
    if (cluster_.now() < back_at_[node])
      continue;
    back_at_.erase(node);
    note(cluster_.host(node) + " starts again");
    cluster_.restart(node);
    lasts_until_ = std::max(lasts_until_, cluster_.now());
  }
}

} // namespace weir::simulation
