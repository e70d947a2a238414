#include "cases.hpp"

#include "bench_cluster.hpp"

#include <memory>

namespace bench {

namespace {

constexpr std::uint64_t checkpointed_records = 400'000'000; // of several seconds
constexpr std::uint64_t distinct_keys = 1'000'000;

} // namespace

std::vector<bench_case> checkpoint_overhead_cases(const bench_settings& settings) {
  std::uint64_t records = scaled(checkpointed_records, settings);
  std::vector<std::string> arguments{"--records=" + std::to_string(records),
                                     "--distinct=" + std::to_string(distinct_keys)};
  auto cluster = std::make_shared<bench_cluster>();
  auto amount = static_cast<double>(records);
  auto made = case_with_job(cluster, "keyed_sum", arguments, amount,
                            {{"execution.checkpointing.interval", "1 s"},
                             {"execution.checkpointing.dir", settings.folder + "/checkpoints"}});
  made.name = "checkpoint_overhead";
  made.target = 0.95;
  made.limit = case_with_job(cluster, "keyed_sum", arguments, amount).weir;
  return {made};
}

} // namespace bench
