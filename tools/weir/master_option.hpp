#pragma once

#include "command.hpp"
#include "rest_client.hpp"

#include <string>

namespace weir::tools {

/// Which master a command asks: `-m HOST:PORT`, or the one that `weir cluster start --dir DIR` started, or
/// the one that the configuration names (rest.address, rest.port).
class master_option {
public:
  /// Adds the options to `app`, which must not outlive this.
  explicit master_option(CLI::App& app);
  master_option(const master_option&) = delete;

  [[nodiscard]] result<rest_client> connect(const command_context& with) const;

private:
  std::string address_;
  std::string folder_;
};

} // namespace weir::tools
