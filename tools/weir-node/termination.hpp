#pragma once

namespace weir::tools {

/// Waits for SIGTERM or SIGINT. Make it before any thread starts: the threads inherit that they do not take
/// these signals, so that the wait does.
class termination {
public:
  termination();

  /// Returns when a signal asks the process to end.
  void wait() const;

  /// Lets wait() return. From any thread.
  static void request();
};

} // namespace weir::tools
