#pragma once

#include "node_process.hpp"

#include "base/platform.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::tools {

/// A node that `weir cluster start` started.
struct cluster_node {
  std::string name; ///< "master", "worker-1", …
  node_process process;
};

/// What a local cluster leaves in its folder: a file NAME.pid for each node, with its process id and start
/// time, and logs/NAME.out and logs/NAME.log with what the node writes to standard output and error.
class cluster_folder {
public:
  /// The folder need not exist.
  cluster_folder(platform& environment, const std::string& path);

  /// Where a cluster is unless --dir says otherwise: ~/.weir/cluster.
  static std::string default_path();

  [[nodiscard]] const std::string& path() const { return path_; } ///< absolute
  [[nodiscard]] std::string logs() const { return path_ + "/logs"; }
  [[nodiscard]] std::string output_of(const std::string& node) const { return logs() + '/' + node + ".out"; }
  [[nodiscard]] std::string log_of(const std::string& node) const { return logs() + '/' + node + ".log"; }

  /// The nodes it knows, ended ones too: the master first, then the workers by number.
  [[nodiscard]] std::vector<cluster_node> nodes() const;
  [[nodiscard]] std::vector<cluster_node> living_nodes() const;
  result<void> remember(const cluster_node& node);
  result<void> forget(const std::string& node);

  /// The line in which a node said that it is ready; nothing while it has not.
  [[nodiscard]] std::optional<std::string> ready_line(const std::string& node) const;

  /// HOST:PORT of the REST server, while the master runs. The error says how to start one.
  [[nodiscard]] result<std::string> rest_address() const;

private:
  platform& platform_;
  std::string path_;
};

/// Holds a cluster's folder against another `weir cluster` that would work on it at the same time, until the
/// end of the scope.
class folder_lock {
public:
  static result<folder_lock> take(const cluster_folder& folder);
  folder_lock(folder_lock&& other) noexcept : file_{std::exchange(other.file_, -1)} {}
  ~folder_lock();

private:
  explicit folder_lock(int file) : file_{file} {}
  int file_ = -1;
};

/// The value of `name=…` in a ready line; empty when there is none.
std::string ready_field(const std::string& line, std::string_view name);

} // namespace weir::tools
