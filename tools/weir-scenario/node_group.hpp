#pragma once

#include "cluster.hpp"
#include "link_relay.hpp"
#include "process.hpp"
#include "rest_client.hpp"

#include "base/platform.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace weir::scenario {

struct node_group_settings {
  std::filesystem::path folder;   ///< for all that nodes write
  std::filesystem::path programs; ///< with weir and weir-node
  std::filesystem::path script;   ///< the file
};

/// The processes of a scenario's cluster, with their logs in one folder, and the links between them. Each
/// node keeps its addresses over restarts.
class node_group final : public cluster {
public:
  node_group(node_group_settings settings, platform& system);
  ~node_group() override;

  /// Before nodes are started: lets their disks fail.
  void allow_disk_faults();

  void set(const std::string& key, std::string value) override { settings_[key] = std::move(value); }
  void start_master() override;
  void start_workers(unsigned count, unsigned slots) override;
  [[nodiscard]] bool has(unsigned number) const override { return nodes_.contains(number); }
  void kill(unsigned number) override;
  void stop(unsigned number) override;
  void pause(unsigned number) override;
  void resume(unsigned number) override;
  void restart(unsigned number) override;
  void set_link(unsigned from, unsigned to, link_state state) override;
  void heal_all() override { relay_.heal_all(); }
  void set_disk(unsigned number, const disk_state& state) override;
  [[nodiscard]] bool disk_holds(unsigned number) const override;
  std::string stop_all() override;
  [[nodiscard]] std::string log_of(unsigned number) const override;
  [[nodiscard]] std::uint64_t peak_memory_of(unsigned number) const override;
  result<std::string> run(const job_request& what) override;
  result<nlohmann::json> ask(const std::string& method, const std::string& path) override;
  file_system& files() override { return system_.files(); }
  [[nodiscard]] time_point now() override { return system_.clock().now(); }
  void pass_a_moment() override;

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
  [[nodiscard]] std::string rest_address() const;

  node_group_settings where_;
  platform& system_;
  setting_map settings_;
  std::string preloaded_disk_; ///< the library that lets disks fail; empty: they do not
  std::map<unsigned, node> nodes_;
  unsigned workers_ = 0;
  std::mutex process_ids_mutex_;
  std::map<pid_t, unsigned> process_ids_; ///< of all nodes there were
  link_relay relay_;
};

} // namespace weir::scenario
