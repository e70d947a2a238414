#include "cluster_folder.hpp"
#include "cluster_start.hpp"
#include "cluster_stop.hpp"
#include "command.hpp"
#include "program_options.hpp"

#include "base/options.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace weir::tools {
namespace {

constexpr unsigned workers_max = 1000;

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

/// A subcommand of `weir cluster`.
class cluster_command : public command {
public:
  explicit cluster_command(CLI::App& options) : command{options} {
    options.add_option("--dir", path_, "Folder for the cluster's logs and process ids")
        ->type_name("DIR")
        ->capture_default_str();
  }

protected:
  [[nodiscard]] cluster_folder folder(const command_context& with) const { return {with.environment, path_}; }

  /// How other commands are told that they mean this cluster.
  [[nodiscard]] std::string as_option() const {
    return path_ == cluster_folder::default_path() ? "" : " --dir " + path_;
  }

private:
  std::string path_ = cluster_folder::default_path();
};

class start_command final : public cluster_command {
public:
  explicit start_command(CLI::App& options) : cluster_command{options} {
    options.add_option("--workers", size_.workers, "Number of workers")
        ->check(CLI::Range(1u, workers_max))
        ->capture_default_str();
    options.add_option("--slots", slots_, "Slots of each worker (default: as many as CPU cores)")
        ->check(CLI::Range(1u, 1024u));
  }

  int run(const command_context& with) override {
    configuration settings = with.settings;
    if (slots_ != 0)
      settings.set(options::taskmanager_slots, slots_);
    auto where = folder(with);
    interruption signals; // nothing is to stay behind, so also while what was started is ended again
    if (auto started = start_nodes({with.environment, settings, {}}, where, size_, signals); !started)
      return failed(started.failure());
    std::uint64_t slots = 0;
    for (const cluster_node& node : where.nodes())
      if (auto line = where.ready_line(node.name))
        slots += std::strtoull(ready_field(*line, "slots").c_str(), nullptr, 10);
    auto rest = where.rest_address();
    if (!rest)
      return failed(rest.failure());
    std::printf("Started 1 master and %s with %s; logs are in %s\n", counted(size_.workers, "worker").c_str(),
                counted(slots, "slot").c_str(), where.logs().c_str());
    std::printf("REST address: %s\n", rest->c_str());
    std::string master = *rest == "127.0.0.1:8081" ? "" : " -m " + *rest;
    std::printf("Run a job with `weir run%s JOB.so`, stop the cluster with `weir cluster stop%s`.\n",
                master.c_str(), as_option().c_str());
    return exit_done;
  }

private:
  cluster_size size_;
  unsigned slots_ = 0;
};

class stop_command final : public cluster_command {
public:
  using cluster_command::cluster_command;

  int run(const command_context& with) override {
    auto where = folder(with);
    if (where.nodes().empty())
      return nothing_runs(where);
    auto lock = folder_lock::take(where);
    if (!lock)
      return failed(lock.failure());
    auto stopped = stop_nodes(with.environment, where, stop_timeout);
    if (!stopped)
      return failed(stopped.failure());
    for (const cluster_node& node : stopped->killed)
      print_error("weir", "killed " + node.name + " (process " + std::to_string(node.process.id) +
                              "), which did not end within " + std::to_string(stop_timeout.count()) +
                              " s: see " + where.log_of(node.name));
    if (stopped->masters + stopped->workers == 0)
      return nothing_runs(where);
    std::printf("Stopped %s and %s.\n", counted(stopped->masters, "master").c_str(),
                counted(stopped->workers, "worker").c_str());
    return exit_done;
  }

private:
  static int nothing_runs(const cluster_folder& where) {
    std::printf("No cluster runs in %s.\n", where.path().c_str());
    return exit_done;
  }
};

class cluster_status_command final : public cluster_command {
public:
  using cluster_command::cluster_command;

  int run(const command_context& with) override {
    auto where = folder(with);
    auto nodes = where.nodes();
    if (nodes.empty())
      return failed({errc::not_found, "No cluster runs in " + where.path() +
                                          ": start one with `weir cluster start" + as_option() + "`."});
    bool all_run = true;
    for (const cluster_node& node : nodes) {
      bool alive = is_alive(node.process);
      all_run = all_run && alive;
      std::string about = "see " + where.log_of(node.name);
      if (auto line = where.ready_line(node.name); line && alive)
        about = line->substr(std::min(line->find(" ready ") + 7, line->size()));
      std::printf("%-10s pid %-8d %-8s %s\n", node.name.c_str(), node.process.id,
                  alive ? "runs" : "has ended", about.c_str());
    }
    return all_run ? exit_done : exit_failed;
  }
};

/// `weir cluster` without more.
class cluster_without_command final : public command {
public:
  using command::command;

  int run(const command_context&) override {
    print_error("weir",
                "say what to do: cluster start, cluster stop or cluster status. `weir cluster --help` "
                "tells more.");
    return exit_wrong_usage;
  }
};

} // namespace

void add_cluster_commands(CLI::App& program, command_list& all) {
  CLI::App* cluster =
      program.add_subcommand("cluster", "Starts and stops a cluster of processes on this machine");
  cluster->require_subcommand(0, 1);
  cluster->fallthrough();
  all.push_back(std::make_unique<start_command>(
      *cluster->add_subcommand("start", "Starts a master and workers, and waits until they are ready")));
  all.push_back(std::make_unique<stop_command>(*cluster->add_subcommand("stop", "Ends them")));
  all.push_back(std::make_unique<cluster_status_command>(
      *cluster->add_subcommand("status", "Shows the nodes, their processes, addresses and slots")));
  all.push_back(std::make_unique<cluster_without_command>(*cluster)); // the others come first
}

} // namespace weir::tools
