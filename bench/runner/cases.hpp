#pragma once

#include "bench_case.hpp"

#include <functional>
#include <string>
#include <vector>

namespace bench {

/// The cases of one bench, made when it is its turn: their input files and clusters exist as long as they do.
struct bench_entry {
  std::string name;
  std::function<std::vector<bench_case>(const bench_settings&)> make;
};

/// Jobs on a master and a worker in this process.
std::vector<bench_case> word_count_cases(const bench_settings& settings);
std::vector<bench_case> keyed_sum_cases(const bench_settings& settings);
std::vector<bench_case> keyed_sum_state_cases(const bench_settings& settings);
std::vector<bench_case> map_filter_sum_cases(const bench_settings& settings);
std::vector<bench_case> tumbling_cases(const bench_settings& settings);
std::vector<bench_case> sliding_cases(const bench_settings& settings);
std::vector<bench_case> checkpoint_overhead_cases(const bench_settings& settings);

/// Jobs on a master and two workers, each a process of its own.
std::vector<bench_case> exchange_cases(const bench_settings& settings);
std::vector<bench_case> job_start_cases(const bench_settings& settings);
std::vector<bench_case> checkpoint_idle_cases(const bench_settings& settings);
std::vector<bench_case> recovery_cases(const bench_settings& settings);

/// Keyed state without an engine, used as operators use it.
std::vector<bench_case> freeze_cases(const bench_settings& settings);
std::vector<bench_case> snapshot_write_cases(const bench_settings& settings);
std::vector<bench_case> updates_during_snapshot_cases(const bench_settings& settings);
std::vector<bench_case> restore_cases(const bench_settings& settings);
std::vector<bench_case> leveldb_cases(const bench_settings& settings);
std::vector<bench_case> state_growth_cases(const bench_settings& settings);
std::vector<bench_case> state_memory_cases(const bench_settings& settings);

/// All benches, in the order of the table.
const std::vector<bench_entry>& all_benches();

} // namespace bench
