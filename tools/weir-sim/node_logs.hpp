#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace weir::simulation {

/// Keeps what the nodes of a simulation log, from level info on, each apart. There is at most one at a time.
class node_logs {
public:
  /// `present_node`: whose step runs; nothing: nobody's.
  explicit node_logs(std::function<std::optional<std::size_t>()> present_node);
  ~node_logs();
  node_logs(const node_logs&) = delete;
  node_logs& operator=(const node_logs&) = delete;

  /// All lines of a node, over restarts.
  [[nodiscard]] std::string of(std::size_t node) const;

private:
  std::string level_before_;
  std::map<std::size_t, std::string> lines_;
};

} // namespace weir::simulation
