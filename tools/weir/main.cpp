#include "command.hpp"
#include "command_line.hpp"
#include "program_options.hpp"

#include "base/log.hpp"
#include "base/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;
using namespace weir::tools;

namespace {

constexpr std::string_view with_job[] = {"run", "info", "build-graph"};

/// How many of the words are ours: those behind a job library are the job's.
std::size_t own_words(CLI::App& program, const std::vector<std::string>& words) {
  CLI::App* chosen = nullptr;
  auto takes_value = [&](std::string_view name) {
    const CLI::Option* option = chosen ? chosen->get_option_no_throw(std::string{name}) : nullptr;
    if (!option)
      option = program.get_option_no_throw(std::string{name});
    return option && option->get_items_expected_max() > 0;
  };
  std::size_t command = find_positional(words, 1, takes_value);
  if (command == words.size() || std::ranges::find(with_job, words[command]) == std::end(with_job))
    return words.size();
  chosen = program.get_subcommand(words[command]);
  std::size_t library = find_positional(words, command + 1, takes_value);
  return std::min(library + 1, words.size());
}

} // namespace

int main(int argc, char** argv) {
  // A reader that is gone is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App program{"Compiles, submits and watches jobs, and runs clusters on this machine.", "weir"};
  program_options common{program};
  program.require_subcommand(1);
  program.fallthrough();
  command_list commands;
  add_run_command(program, commands);
  add_compile_command(program, commands);
  add_info_command(program, commands);
  add_list_command(program, commands);
  add_status_command(program, commands);
  add_cancel_command(program, commands);
  add_cluster_commands(program, commands);
  add_build_graph_command(program, commands);

  std::vector<std::string> words{argv, argv + argc};
  std::size_t own = own_words(program, words);
  if (auto ended = parse_command_line(program, static_cast<int>(own), argv))
    return *ended;

  auto environment = make_system_platform();
  auto settings = common.load(*environment);
  if (!settings) {
    print_error("weir", settings.failure().message());
    return exit_wrong_usage;
  }
  // Of a job that runs in this process, the user wants its results and not its life.
  if (!settings->values().contains(options::log_level.key))
    log::set_level("warn");
  command_context context{
      *environment, *settings, {words.begin() + static_cast<std::ptrdiff_t>(own), words.end()}};
  for (auto& each : commands)
    if (each->options().parsed())
      return each->run(context);
  return exit_wrong_usage;
}

int weir::tools::failed(const error& why) {
  print_error("weir", why.message());
  return exit_failed;
}
