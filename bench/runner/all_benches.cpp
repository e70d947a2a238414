#include "cases.hpp"

namespace bench {

const std::vector<bench_entry>& all_benches() {
  static const std::vector<bench_entry> all{
      {"word_count", word_count_cases},
      {"keyed_sum", keyed_sum_cases},
      {"keyed_sum_state", keyed_sum_state_cases},
      {"map_filter_sum", map_filter_sum_cases},
      {"exchange", exchange_cases},
      {"job_start", job_start_cases},
      {"tumbling", tumbling_cases},
      {"sliding", sliding_cases},
      {"freeze", freeze_cases},
      {"snapshot_write", snapshot_write_cases},
      {"updates_during_snapshot", updates_during_snapshot_cases},
      {"restore", restore_cases},
      {"state_leveldb", leveldb_cases},
      {"state_growth", state_growth_cases},
      {"state_memory", state_memory_cases},
      {"checkpoint_overhead", checkpoint_overhead_cases},
      {"checkpoint_idle", checkpoint_idle_cases},
      {"recovery", recovery_cases},
  };
  return all;
}

} // namespace bench
