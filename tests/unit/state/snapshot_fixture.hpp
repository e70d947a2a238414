#pragma once

#include "base/platform.hpp"
#include "map_state.hpp"
#include "simulation/simulated_disk.hpp"
#include "state/operator_state_registry.hpp"
#include "state/snapshot_writer.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace weir::testing {

/// Snapshot files in memory, and the subtasks that write them.
struct snapshot_fixture {
  class memory_platform final : public platform {
  public:
    memory_platform() {
      for (const char* folder : {"real", "snapshots"})
        REQUIRE(files_.create_folders(folder));
    }
    weir::clock& clock() override { return system_->clock(); }
    randomness& random() override { return system_->random(); }
    file_system& files() override { return files_; }
    weir::executor& executor() override { return system_->executor(); }

  private:
    std::unique_ptr<platform> system_ = make_system_platform();
    simulation::simulated_disk files_;
  };

  static constexpr std::uint32_t max_parallelism = 16;
  operator_id sum = make_id(1);

  memory_platform platform;
  file_system& files = platform.files();
  snapshot_options options;

  static operator_id make_id(std::uint64_t number) {
    operator_id id;
    id.low = number;
    return id;
  }

  static state_type type(const std::string& name, const std::string& value = "string") {
    return {name, detail::state_kind::value, "string", "", value, {}};
  }

  [[nodiscard]] operator_subtask who(std::uint32_t subtask, std::uint32_t parallelism) const {
    return {sum, "sum", subtask, parallelism, max_parallelism};
  }

  std::unique_ptr<operator_state_registry> registry(std::uint32_t subtask, std::uint32_t parallelism,
                                                    std::vector<snapshot_chain> chains = {}) {
    auto made =
        operator_state_registry::make({.who = who(subtask, parallelism), .chains = std::move(chains)});
    REQUIRE_MESSAGE(made, made.failure().message());
    return std::move(*made);
  }

  static snapshot_head head(std::uint32_t subtask, std::uint32_t parallelism, std::uint64_t number,
                            std::uint64_t parent = 0) {
    key_group_range groups = key_groups_of(subtask, parallelism, max_parallelism);
    snapshot_head head;
    head.job.high = 7;
    head.task = "sum -> print";
    head.subtask = subtask;
    head.parallelism = parallelism;
    head.number = number;
    head.parent = parent;
    head.max_parallelism = max_parallelism;
    head.first_key_group = groups.first;
    head.last_key_group = groups.last;
    return head;
  }

  /// Freezes all that the registry has and writes it. Returns the file's path.
  std::string write(operator_state_registry& states, const snapshot_head& head) {
    std::vector<operator_state_cut> cuts;
    cuts.push_back(
        states.freeze(head.number, head.parent == 0 ? detail::cut_kind::full : detail::cut_kind::changes));
    std::string path = "snapshots/" + std::to_string(head.number) + "-" + std::to_string(head.subtask);
    auto report = write_snapshot(platform, path, head, std::move(cuts), options);
    REQUIRE_MESSAGE(report, report.failure().message());
    CHECK(report->size.stored == files.info(path)->size);
    return path;
  }

  snapshot_chain open(const std::vector<std::string>& paths) {
    auto chain = open_snapshot_chain(files, paths, options);
    REQUIRE_MESSAGE(chain, chain.failure().message());
    return *chain;
  }

  std::string bytes_of(const std::string& path) { return *files.read_all(path, std::uint64_t{1} << 32); }

  void replace(const std::string& path, const std::string& bytes) {
    auto file = files.create(path, false);
    REQUIRE((*file)->append(bytes));
  }
};

/// Keys and values of all sizes, often few and often alike.
class random_entries {
public:
  explicit random_entries(std::uint64_t seed) : random_{seed} {}

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  std::string key() {
    std::string key = std::to_string(below(3000));
    if (key.size() == 3)
      key.append(below(200), 'k');
    return key;
  }

  std::string value() {
    switch (below(8)) {
    case 0:
      return {};
    case 1:
      return std::string(below(3000), static_cast<char>(below(256)));
    case 2: {
      std::string value(below(1000), ' ');
      for (char& c : value)
        c = static_cast<char>(below(256));
      return value;
    }
    default:
      std::uint64_t number = below(1000);
      return {reinterpret_cast<const char*>(&number), sizeof number};
    }
  }

private:
  std::mt19937_64 random_;
};

} // namespace weir::testing
