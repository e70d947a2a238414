#include "cluster_start.hpp"

#include "base/options.hpp"
#include "cluster_stop.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace weir::tools {
namespace {

using namespace std::chrono_literals;

constexpr auto look_again = 10ms;
constexpr std::size_t shown_log_lines = 20;
constexpr std::uint64_t log_bytes_max = 64 * 1024 * 1024;

class starting {
public:
  starting(const command_context& with, cluster_folder& folder, interruption& signals)
      : with_{with}, folder_{folder}, signals_{signals} {
    deadline_ = with.environment.clock().now() + with.settings.get(options::client_timeout);
    program_ = std::filesystem::read_symlink("/proc/self/exe").replace_filename("weir-node");
  }

  result<void> start(const std::string& node, std::vector<std::string> arguments) {
    std::vector<std::string> command{program_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    for (const auto& [key, value] : with_.settings.values())
      command.insert(command.end(), {"-D", key + '=' + value});
    auto process = start_process(command, folder_.output_of(node), folder_.log_of(node));
    if (!process)
      return process.failure();
    nodes_.push_back({node, *process});
    return folder_.remember(nodes_.back());
  }

  /// Waits until all that were started are ready.
  result<void> wait_for_all() {
    for (const cluster_node& node : nodes_)
      while (!folder_.ready_line(node.name)) {
        // It may have said so and ended between the two looks.
        if (!is_alive(node.process) && !folder_.ready_line(node.name))
          return blame(node, "ended before it was ready");
        if (with_.environment.clock().now() >= deadline_)
          return blame(node, "was not ready in time (client.timeout)");
        if (signals_.wait(look_again))
          return interrupted();
      }
    for (const cluster_node& node : nodes_)
      if (!is_alive(node.process))
        return blame(node, "has ended");
    if (signals_.wait(0ms))
      return interrupted();
    return {};
  }

private:
  static error interrupted() { return {errc::canceled, "Interrupted: the cluster was not started."}; }

  [[nodiscard]] error blame(const cluster_node& node, const std::string& what) const {
    std::string text = "cannot start the cluster: " + node.name + ' ' + what;
    auto log = with_.environment.files().read_all(folder_.log_of(node.name), log_bytes_max);
    if (!log || log->empty())
      return {errc::failed, text};
    std::size_t begin = log->size();
    for (std::size_t lines = 0; begin > 0 && lines <= shown_log_lines; --begin)
      if ((*log)[begin - 1] == '\n' && ++lines > shown_log_lines)
        break;
    std::string tail = log->substr(begin);
    while (tail.ends_with('\n'))
      tail.pop_back();
    return {errc::failed, text + ". " + folder_.log_of(node.name) + " says:\n" + tail};
  }

  const command_context& with_;
  cluster_folder& folder_;
  interruption& signals_;
  time_point deadline_;
  std::string program_;
  std::vector<cluster_node> nodes_;
};

result<void> start_all(const command_context& with, cluster_folder& folder, const cluster_size& size,
                       interruption& signals) {
  starting way{with, folder, signals};
  if (auto started = way.start("master", {"--role=master"}); !started)
    return started;
  if (auto ready = way.wait_for_all(); !ready)
    return ready;
  std::string rpc = ready_field(*folder.ready_line("master"), "rpc");
  for (unsigned number = 1; number <= size.workers; ++number) {
    std::vector<std::string> arguments{"--role=worker", "--master=" + rpc};
    if (auto started = way.start("worker-" + std::to_string(number), arguments); !started)
      return started;
  }
  return way.wait_for_all();
}

} // namespace

result<void> start_nodes(const command_context& with, cluster_folder& folder, const cluster_size& size,
                         interruption& signals) {
  auto& files = with.environment.files();
  if (auto made = files.create_folders(folder.logs()); !made)
    return made;
  auto lock = folder_lock::take(folder);
  if (!lock)
    return lock.failure();
  if (!folder.living_nodes().empty()) {
    auto rest = folder.rest_address();
    return error{errc::already_exists, "A cluster runs in " + folder.path() +
                                           (rest ? " (REST address " + *rest + ")" : "") +
                                           ": stop it with `weir cluster stop --dir " + folder.path() +
                                           "`, or choose another folder with --dir."};
  }
  for (const cluster_node& ended : folder.nodes())
    if (auto forgotten = folder.forget(ended.name); !forgotten)
      return forgotten;
  auto started = start_all(with, folder, size, signals);
  if (!started)
    if (auto stopped = stop_nodes(with.environment, folder, stop_timeout); !stopped)
      return error{started.failure().code(),
                   started.failure().message() + "\nAlso, " + stopped.failure().message()};
  return started;
}

} // namespace weir::tools
