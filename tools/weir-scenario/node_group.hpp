#pragma once

#include "process.hpp"
#include "rest_client.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir::scenario {

using setting_map = std::map<std::string, std::string>;

/// The number of the master; workers count from 1.
inline constexpr unsigned master_number = 0;

std::string node_title(unsigned number); ///< "master", "worker 2"

/// The processes of a scenario's cluster, with their logs in one folder. Each keeps its addresses over
/// restarts. Failures are exceptions with a sentence.
class node_group {
public:
  /// `programs`: the folder with weir-node.
  node_group(std::filesystem::path folder, std::filesystem::path programs);
  ~node_group();

  /// For nodes that are started from now on.
  void set(const std::string& key, std::string value) { settings_[key] = std::move(value); }

  void start_master();
  /// Starts workers and waits until each has registered.
  void start_workers(unsigned count, unsigned slots);

  [[nodiscard]] bool has(unsigned number) const { return nodes_.contains(number); }
  void kill(unsigned number);
  /// Asks the node to end, and waits for it. Fails when it ends in another way than it should.
  void stop(unsigned number);
  void pause(unsigned number);
  void resume(unsigned number);
  /// Kills the node if it runs, and starts another one. Waits for a master, not for a worker.
  void restart(unsigned number);

  /// Ends all that runs, workers first; says what did not end well or was left behind, or nothing.
  std::string stop_all();

  /// All that the node has logged, over restarts.
  [[nodiscard]] std::string log_of(unsigned number) const;
  [[nodiscard]] tools::rest_client rest() const;
  [[nodiscard]] std::string rest_address() const;

private:
  struct node {
    std::vector<std::string> command;
    std::vector<std::uint16_t> ports;
    std::vector<testing::output_files> outputs; ///< one for each start
    std::deque<testing::process> programs;      ///< the last one may run
    bool is_paused = false;
  };

  node& at(unsigned number);
  testing::process& running(unsigned number);
  void start(unsigned number);
  [[nodiscard]] std::vector<std::string> command_of(unsigned number, setting_map more) const;
  [[nodiscard]] std::string ports_in_use() const;

  std::filesystem::path folder_;
  std::filesystem::path programs_;
  setting_map settings_;
  std::map<unsigned, node> nodes_;
  unsigned workers_ = 0;
};

} // namespace weir::scenario
