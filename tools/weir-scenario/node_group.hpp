#pragma once

#include "link_relay.hpp"
#include "process.hpp"
#include "rest_client.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace weir::scenario {

using setting_map = std::map<std::string, std::string>;

/// The number of the master; workers count from 1.
inline constexpr unsigned master_number = 0;

std::string node_title(unsigned number); ///< "master", "worker 2"

/// The processes of a scenario's cluster, with their logs in one folder, and the links between them. Each
/// node keeps its addresses over restarts. Failures are exceptions with a sentence.
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

  /// What goes one way between two nodes that there are.
  void set_link(unsigned from, unsigned to, link_state state);
  /// Before nodes are started: lets their disks fail.
  void allow_disk_faults();
  /// What the preloaded library does to the files of a node from now on: see preloaded_disk.cpp.
  void set_disk(unsigned number, const std::string& control);
  /// Does it hold a file that is to get its final name?
  [[nodiscard]] bool disk_holds(unsigned number) const;
  void heal_all() { relay_.heal_all(); }

  /// Ends all that runs, workers first; says what did not end well or was left behind, or nothing.
  std::string stop_all();

  /// All that the node has logged, over restarts.
  [[nodiscard]] std::string log_of(unsigned number) const;
  /// The most memory in MiB that the process has had in use at once; 0 when it does not run.
  [[nodiscard]] std::uint64_t peak_memory_of(unsigned number) const;
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
  [[nodiscard]] std::optional<unsigned> node_with_connection(std::uint16_t from, std::uint16_t to);
  testing::process& running(unsigned number);
  void start(unsigned number);
  [[nodiscard]] std::string disk_control(unsigned number) const;
  [[nodiscard]] std::vector<std::string> command_of(unsigned number, setting_map more) const;
  [[nodiscard]] std::string ports_in_use() const;

  std::filesystem::path folder_;
  std::filesystem::path programs_;
  setting_map settings_;
  std::string preloaded_disk_; ///< the library that lets disks fail; empty: they do not
  std::map<unsigned, node> nodes_;
  unsigned workers_ = 0;
  std::mutex process_ids_mutex_;
  std::map<pid_t, unsigned> process_ids_; ///< of all nodes there were
  link_relay relay_;
};

} // namespace weir::scenario
