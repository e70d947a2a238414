#include "cluster_stop.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>

namespace weir::tools {
namespace {

constexpr int look_again_ms = 10;

class stopping {
public:
  stopping(platform& environment, cluster_folder& folder, std::chrono::milliseconds timeout)
      : clock_{environment.clock()}, folder_{folder}, timeout_{timeout} {}

  result<void> stop(const std::vector<cluster_node>& nodes, stopped_nodes& done) {
    if (auto told = signal(nodes, SIGTERM); !told)
      return told;
    auto left = wait(nodes);
    if (auto told = signal(left, SIGKILL); !told)
      return told;
    wait(left);
    done.killed.insert(done.killed.end(), left.begin(), left.end());
    for (const cluster_node& node : nodes)
      if (auto forgotten = folder_.forget(node.name); !forgotten)
        return forgotten;
    return {};
  }

private:
  static result<void> signal(const std::vector<cluster_node>& nodes, int number) {
    for (const cluster_node& node : nodes)
      if (is_alive(node.process) && ::kill(node.process.id, number) != 0 && errno != ESRCH)
        return error{errc::io_failed, "cannot stop " + node.name + " (process " +
                                          std::to_string(node.process.id) + "): " + std::strerror(errno)};
    return {};
  }

  /// Returns those that did not end.
  std::vector<cluster_node> wait(std::vector<cluster_node> nodes) {
    time_point deadline = clock_.now() + timeout_;
    while (true) {
      std::erase_if(nodes, [](const cluster_node& node) { return !is_alive(node.process); });
      if (nodes.empty() || clock_.now() >= deadline)
        return nodes;
      ::poll(nullptr, 0, look_again_ms);
    }
  }

  weir::clock& clock_;
  cluster_folder& folder_;
  std::chrono::milliseconds timeout_;
};

} // namespace

result<stopped_nodes> stop_nodes(platform& environment, cluster_folder& folder,
                                 std::chrono::milliseconds timeout) {
  stopped_nodes done;
  std::vector<cluster_node> masters, workers;
  for (cluster_node& node : folder.nodes()) {
    bool is_master = node.name == "master";
    if (is_alive(node.process))
      ++(is_master ? done.masters : done.workers);
    (is_master ? masters : workers).push_back(std::move(node));
  }
  stopping way{environment, folder, timeout};
  if (auto stopped = way.stop(workers, done); !stopped)
    return stopped.failure();
  if (auto stopped = way.stop(masters, done); !stopped)
    return stopped.failure();
  return done;
}

} // namespace weir::tools
