#pragma once

#include "base/configuration.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace weir::tools {

/// Exit codes of all programs.
inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_wrong_usage = 2;

/// What every program takes: --config, -D, --log-level and --version.
class program_options {
public:
  /// Adds the options to `app`, which must not outlive this.
  explicit program_options(CLI::App& app);
  program_options(const program_options&) = delete;

  /// Reads the configuration file, with `-D key=value` and --log-level over it; sets the log's level.
  /// Warnings go to standard error.
  result<configuration> load(platform& environment) const;

private:
  std::string file_;
  std::vector<std::string> overrides_;
  std::string log_level_;
};

/// Parses the command line. A value means that the program ends with it: after --help or --version, or a
/// sentence about what is wrong.
std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv);

/// Prints "<program>: <sentence>" to standard error.
void print_error(const std::string& program, const std::string& sentence);

} // namespace weir::tools
