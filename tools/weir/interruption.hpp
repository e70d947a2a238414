#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace weir::tools {

/// Takes SIGINT, SIGTERM and SIGHUP from this thread, and from those it starts, so that it can wait for them;
/// until the end of the scope.
class interruption {
public:
  interruption();
  ~interruption();
  interruption(const interruption&) = delete;

  /// Waits until a signal comes, and returns its number, or nothing once `limit` has passed.
  std::optional<int> wait(std::chrono::milliseconds limit);

private:
  sigset_t signals_{};
  sigset_t before_{};
};

} // namespace weir::tools
