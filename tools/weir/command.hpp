#pragma once

#include "base/configuration.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace weir::tools {

/// What a subcommand has to work with.
struct command_context {
  platform& environment;
  const configuration& settings;
  std::vector<std::string> job_arguments; ///< what stood behind the job library
};

/// A subcommand of `weir`.
class command {
public:
  /// `options` is its part of the command line, which outlives it.
  explicit command(CLI::App& options) : options_{options} {}
  virtual ~command() = default;
  command(const command&) = delete;

  [[nodiscard]] const CLI::App& options() const { return options_; }

  /// Does its work, says on standard error what went wrong, and returns the program's exit code.
  virtual int run(const command_context& with) = 0;

private:
  CLI::App& options_;
};

using command_list = std::vector<std::unique_ptr<command>>;

// Each adds a subcommand to the program.

void add_cluster_commands(CLI::App& program, command_list& all);
void add_run_command(CLI::App& program, command_list& all);
void add_compile_command(CLI::App& program, command_list& all);
void add_info_command(CLI::App& program, command_list& all);
void add_list_command(CLI::App& program, command_list& all);
void add_status_command(CLI::App& program, command_list& all);
void add_cancel_command(CLI::App& program, command_list& all);
void add_checkpoint_command(CLI::App& program, command_list& all);
void add_checkpoints_command(CLI::App& program, command_list& all);
void add_build_graph_command(CLI::App& program, command_list& all);

/// Prints "weir: <the chain of causes>" to standard error, and returns the exit code of a failure.
int failed(const error& why);

} // namespace weir::tools
