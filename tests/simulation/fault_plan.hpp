#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulation {

enum class fault_kind {
  worker_crash,
  master_crash,
  zombie_master,
  power,
  pause,
  hang,
  user_exception,
  cut,
  cut_one_way,
  half,
  connection_break,
  delay,
  disk_full,
  disk_torn,
  disk_unsynced,
  disk_lost_reply,
  disk_read,
  unreadable_checkpoint,
};

/// All of them, in the order of their names in help and documentation.
[[nodiscard]] const std::vector<fault_kind>& all_fault_kinds();
/// "worker-crash"
[[nodiscard]] std::string_view name_of(fault_kind kind);
/// What it does, as half a sentence.
[[nodiscard]] std::string_view meaning_of(fault_kind kind);
[[nodiscard]] std::optional<fault_kind> read_fault_kind(std::string_view name);

/// One fault of a run. All that is left to chance in it was drawn with the plan, so that a run with some of
/// the faults left out is like the first one up to the first of these.
struct planned_fault {
  fault_kind kind = fault_kind::worker_crash;
  std::chrono::milliseconds at{0};     ///< after the begin of the run
  std::chrono::milliseconds length{0}; ///< how long it lasts, or a crashed node stays away
  std::size_t node = 0;                ///< 0 is the master; `nodes`: all
  std::size_t other = 0;               ///< the other end of a cut; the nodes of a half as bits
  std::uint64_t count = 0;             ///< operations of the disk or records that still go well
};

/// "at 1250 ms: worker-crash of worker2, at its disk operation 4, back after 300 ms"
[[nodiscard]] std::string to_string(const planned_fault& fault);

/// Nodes of the cluster that faults are planned for: a master and three workers.
inline constexpr std::size_t planned_nodes = 4;

/// The faults of the run with that seed, by time. Of each two in half of all runs the later one begins while
/// the earlier one lasts or is being recovered from.
[[nodiscard]] std::vector<planned_fault> plan_faults(std::uint64_t seed,
                                                     const std::vector<fault_kind>& kinds);

/// Whether some fault begins before an earlier one is over and recovered from.
[[nodiscard]] bool overlap(const std::vector<planned_fault>& faults);

} // namespace weir::simulation
