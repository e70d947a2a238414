#pragma once

#include "exactly_once_oracle.hpp"
#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::testing {

/// Runs of examples/exactly_once on workers with two slots each, of which one may be lost.
struct checkpointed_cluster {
  static constexpr std::uint64_t keys = 500;

  explicit checkpointed_cluster(unsigned workers, std::map<std::string, std::string> more = {})
      : cluster{{.workers = workers, .slots = 2, .configuration = settings(std::move(more))}} {}

  std::map<std::string, std::string> settings(std::map<std::string, std::string> more) const {
    more.insert({{"execution.checkpointing.dir", folder / "checkpoints"},
                 {"execution.checkpointing.interval", "100 ms"},
                 {"execution.checkpointing.tolerable-failed-checkpoints", "1000"},
                 {"heartbeat.timeout", "2 s"},
                 {"restart-strategy.type", "fixed-delay"},
                 {"restart-strategy.fixed-delay.attempts", "100"},
                 {"restart-strategy.fixed-delay.delay", "100 ms"}});
    return more;
  }

  /// A job that takes `seconds` at least when nothing breaks.
  void submit(std::uint64_t numbers, std::uint64_t seconds) {
    records = numbers;
    job = cluster.submit({"-p", "4"}, built_example("exactly_once"),
                         {"--records=" + std::to_string(records), "--keys=" + std::to_string(keys),
                          "--rate=" + std::to_string(records / seconds), "--output=" + folder / "out"});
  }

  /// The newest checkpoint on disk; 0: there is none.
  std::uint64_t newest_checkpoint() const {
    std::uint64_t newest = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator{folder / ("checkpoints/" + job), none})
      if (std::string name = entry.path().filename(); name.starts_with("chk-"))
        if (std::filesystem::exists(entry.path() / "_metadata"))
          newest = std::max<std::uint64_t>(newest, std::stoull(name.substr(4)));
    return newest;
  }

  void wait_for_checkpoints(std::uint64_t more) {
    std::uint64_t from = newest_checkpoint();
    wait_until(std::to_string(more) + " checkpoints", [&] { return newest_checkpoint() >= from + more; });
  }

  void check_output() {
    cluster.wait_for_job(job, "FINISHED", 60s);
    std::vector<std::string> lines;
    for (const auto& entry : std::filesystem::directory_iterator{folder / "out"}) {
      std::string name = entry.path().filename();
      CHECK_MESSAGE(!name.starts_with("."), name); // what was never committed is gone
      std::ifstream file{entry.path()};
      for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    }
    CHECK(judge_exactly_once(lines, records, keys) == "");
    wait_until("the end of the job's checkpoints",
               [&] { return !std::filesystem::exists(folder / ("checkpoints/" + job)); });
  }

  temporary_folder folder;
  test_cluster cluster;
  std::string job;
  std::uint64_t records = 0;
};

} // namespace weir::testing
