#include "simulation/fault_plan.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace weir::simulation {

using namespace std::chrono_literals;

namespace {

struct kind_entry {
  fault_kind kind;
  std::string_view name;
  std::string_view meaning;
};

constexpr kind_entry kinds_known[] = {
    {fault_kind::worker_crash, "worker-crash",
     "a worker's process ends, at once or between two disk operations"},
    {fault_kind::master_crash, "master-crash", "the same of the master, which begins again with its folder"},
    {fault_kind::zombie_master, "zombie-master",
     "another master takes over from one that stands still and goes on"},
    {fault_kind::power, "power", "a node or all lose their power, and what was not synced"},
    {fault_kind::pause, "pause", "a node stands still, also for longer than the heartbeat timeout"},
    {fault_kind::hang, "hang", "user code does not return, also for longer than a cancel may take"},
    {fault_kind::user_exception, "user-exception", "user code throws at some record, once"},
    {fault_kind::cut, "cut", "nothing comes through between two nodes for a while"},
    {fault_kind::cut_one_way, "cut-one-way", "the same in one direction"},
    {fault_kind::half, "half", "the same between two parts of the cluster"},
    {fault_kind::connection_break, "break", "a connection is reset; either end may notice late or never"},
    {fault_kind::delay, "delay", "all messages take longer"},
    {fault_kind::disk_full, "disk-full", "nothing can be created or written for a while"},
    {fault_kind::disk_torn, "disk-torn", "a write fails when half of it is done"},
    {fault_kind::disk_unsynced, "disk-unsynced", "a sync of a file or folder fails"},
    {fault_kind::disk_lost_reply, "disk-lost-reply", "a change happens and is reported as failed"},
    {fault_kind::disk_read, "disk-read", "reads fail for a while"},
    {fault_kind::unreadable_checkpoint, "unreadable-checkpoint",
     "the master ends, and the newest checkpoint cannot be read for a while"},
};

const kind_entry& entry_of(fault_kind kind) {
  return *std::ranges::find(kinds_known, kind, &kind_entry::kind);
}

std::string node_name(std::size_t node) {
  if (node == planned_nodes)
    return "all nodes";
  return node == 0 ? "master" : "worker" + std::to_string(node);
}

bool is_crash(fault_kind kind) {
  return kind == fault_kind::worker_crash || kind == fault_kind::master_crash ||
         kind == fault_kind::unreadable_checkpoint;
}

class drawing {
public:
  explicit drawing(std::uint64_t seed) : random_{seed} {}

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  /// Mostly short, and in a third of all cases longer than the timeouts of the cluster.
  std::chrono::milliseconds length() {
    return std::chrono::milliseconds{1 + (one_in(3) ? 2'000 + below(6'000) : below(1'000))};
  }

  planned_fault fault(fault_kind kind, std::chrono::milliseconds at) {
    planned_fault drawn{.kind = kind, .at = at, .length = length()};
    auto worker = 1 + below(planned_nodes - 1);
    auto any = below(planned_nodes);
    auto other = (any + 1 + below(planned_nodes - 1)) % planned_nodes;
    switch (kind) {
    case fault_kind::worker_crash:
      drawn.node = worker;
      drawn.count = one_in(2) ? 0 : 1 + below(40);
      break;
    case fault_kind::master_crash:
      drawn.count = one_in(2) ? 0 : 1 + below(40);
      break;
    case fault_kind::power:
      drawn.node = one_in(3) ? planned_nodes : any;
      drawn.count = below(1'000'000'000); // what survives
      break;
    case fault_kind::cut:
    case fault_kind::cut_one_way:
      drawn.node = any;
      drawn.other = other;
      break;
    case fault_kind::half:
      drawn.other = 1 + below((1 << planned_nodes) - 2);
      break;
    case fault_kind::user_exception:
      drawn.count = below(60);
      break;
    case fault_kind::disk_full:
    case fault_kind::disk_read:
      drawn.length /= 2;
      drawn.node = one_in(3) ? planned_nodes : any;
      break;
    case fault_kind::disk_torn:
    case fault_kind::disk_unsynced:
    case fault_kind::disk_lost_reply:
      drawn.node = one_in(4) ? planned_nodes : any;
      drawn.count = below(one_in(2) ? 4 : 40);
      break;
    case fault_kind::unreadable_checkpoint:
      drawn.count = below(2);
      break;
    default:
      drawn.node = any;
    }
    return drawn;
  }

private:
  std::mt19937_64 random_;
};

/// How long the cluster takes at most, usually, to go on after a fault: a heartbeat timeout, a restart.
constexpr auto recovery = 2'500ms;

} // namespace

const std::vector<fault_kind>& all_fault_kinds() {
  static const auto all = [] {
    std::vector<fault_kind> list;
    for (const kind_entry& each : kinds_known)
      list.push_back(each.kind);
    return list;
  }();
  return all;
}

std::string_view name_of(fault_kind kind) {
  return entry_of(kind).name;
}

std::string_view meaning_of(fault_kind kind) {
  return entry_of(kind).meaning;
}

std::optional<fault_kind> read_fault_kind(std::string_view name) {
  const auto* found = std::ranges::find(kinds_known, name, &kind_entry::name);
  if (found == std::end(kinds_known))
    return std::nullopt;
  return found->kind;
}

std::string to_string(const planned_fault& fault) {
  auto ms = [](std::chrono::milliseconds time) { return std::to_string(time.count()) + " ms"; };
  std::string text = "at " + ms(fault.at) + ": " + std::string{name_of(fault.kind)};
  std::string count = std::to_string(fault.count);
  switch (fault.kind) {
  case fault_kind::worker_crash:
  case fault_kind::master_crash:
    text += " of " + node_name(fault.node) + (fault.count ? ", at its disk operation " + count : "");
    return text + ", back after " + ms(fault.length);
  case fault_kind::power:
    return text + " of " + node_name(fault.node) + ", back after " + ms(fault.length);
  case fault_kind::zombie_master:
  case fault_kind::hang:
  case fault_kind::delay:
    return text + " for " + ms(fault.length);
  case fault_kind::pause:
  case fault_kind::disk_full:
  case fault_kind::disk_read:
    return text + " of " + node_name(fault.node) + " for " + ms(fault.length);
  case fault_kind::cut:
    return text + " between " + node_name(fault.node) + " and " + node_name(fault.other) + " for " +
           ms(fault.length);
  case fault_kind::cut_one_way:
    return text + " from " + node_name(fault.node) + " to " + node_name(fault.other) + " for " +
           ms(fault.length);
  case fault_kind::half: {
    std::string part;
    for (std::size_t i = 0; i < planned_nodes; ++i)
      if (fault.other >> i & 1)
        part += (part.empty() ? "" : ", ") + node_name(i);
    return text + " with " + part + " on one side for " + ms(fault.length);
  }
  case fault_kind::user_exception:
    return text + " at the record after the next " + count;
  case fault_kind::unreadable_checkpoint:
    return text + (fault.count ? " as soon as another is complete" : "") + " for " + ms(fault.length);
  case fault_kind::connection_break:
    return text;
  case fault_kind::disk_torn:
  case fault_kind::disk_unsynced:
  case fault_kind::disk_lost_reply:
    return text + " of " + node_name(fault.node) + " after the next " + count;
  }
  return text;
}

std::vector<planned_fault> plan_faults(std::uint64_t seed, const std::vector<fault_kind>& kinds) {
  drawing draw{seed};
  std::vector<planned_fault> planned;
  // Rare, as it takes the master with it and keeps the job from going on.
  std::vector<fault_kind> frequent = kinds;
  bool may_be_unreadable = std::erase(frequent, fault_kind::unreadable_checkpoint) > 0;
  auto count = draw.below(6);
  bool together = draw.one_in(2);
  std::chrono::milliseconds at{0};
  for (std::uint64_t i = 0; i < count && !frequent.empty(); ++i) {
    at = i > 0 && together ? at + std::chrono::milliseconds{draw.below(800)}
                           : std::chrono::milliseconds{draw.below(5'000)};
    planned.push_back(draw.fault(frequent[draw.below(frequent.size())], at));
  }
  if (may_be_unreadable && (frequent.empty() || draw.one_in(5)))
    planned.push_back(
        draw.fault(fault_kind::unreadable_checkpoint, std::chrono::milliseconds{draw.below(5'000)}));
  std::ranges::stable_sort(planned, {}, &planned_fault::at);
  return planned;
}

bool overlap(const std::vector<planned_fault>& faults) {
  for (std::size_t i = 1; i < faults.size(); ++i) {
    const planned_fault& before = faults[i - 1];
    auto lasts = before.length + (is_crash(before.kind) ? recovery : 0ms);
    if (faults[i].at < before.at + lasts)
      return true;
  }
  return false;
}

} // namespace weir::simulation
