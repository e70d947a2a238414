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
#include <utility>
#include <vector>

using namespace weir;
using namespace weir::tools;

namespace {

constexpr std::string_view with_job[] = {"run", "info", "build-graph"};

/// The subcommands that are shown to people.
std::string names_of_commands(const CLI::App& program) {
  std::string names;
  for (const CLI::App* each :
       program.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); }))
    names += (names.empty() ? "" : ", ") + each->get_name();
  return names;
}

/// Finds the subcommands among the words, and how many words are ours: those behind a job library are the
/// job's.
class command_words {
public:
  command_words(CLI::App& program, const std::vector<std::string>& words) : program_{program}, words_{words} {
    own_ = words.size();
    CLI::App* command = take(program);
    if (command && !command->get_subcommands({}).empty())
      take(*command);
    else if (command && std::ranges::find(with_job, command->get_name()) != std::end(with_job))
      own_ = std::min(next() + 1, words.size());
  }

  [[nodiscard]] std::size_t own() const { return own_; }
  /// The word that is no command where one is needed, or empty; and the one it belongs to.
  [[nodiscard]] const std::string& stranger() const { return stranger_; }
  [[nodiscard]] const CLI::App* asked() const { return asked_; }

private:
  [[nodiscard]] std::size_t next() const {
    return find_positional(words_, at_, [&](std::string_view name) {
      const CLI::Option* option = asked_->get_option_no_throw(std::string{name});
      if (!option)
        option = std::as_const(program_).get_option_no_throw(std::string{name});
      return option && option->get_items_expected_max() > 0;
    });
  }

  CLI::App* take(CLI::App& from) {
    asked_ = &from;
    std::size_t found = next();
    if (found == words_.size())
      return nullptr;
    auto named = from.get_subcommands([&](CLI::App* each) { return each->get_name() == words_[found]; });
    if (named.empty()) {
      stranger_ = words_[found];
      return nullptr;
    }
    at_ = found + 1;
    asked_ = named.front();
    return named.front();
  }

  CLI::App& program_;
  const std::vector<std::string>& words_;
  const CLI::App* asked_ = nullptr;
  std::size_t at_ = 1;
  std::size_t own_ = 0;
  std::string stranger_;
};

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
  add_checkpoint_command(program, commands);
  add_checkpoints_command(program, commands);
  add_cluster_commands(program, commands);
  add_build_graph_command(program, commands);

  std::vector<std::string> words{argv, argv + argc};
  command_words given{program, words};
  if (!given.stranger().empty()) {
    std::string whole = given.asked() == &program ? "weir" : "weir " + given.asked()->get_name();
    print_error("weir", "there is no command '" + whole + ' ' + given.stranger() + "'; the commands are " +
                            names_of_commands(*given.asked()));
    return exit_wrong_usage;
  }
  if (words.size() == 1) {
    print_error("weir", "say what to do: " + names_of_commands(program) + ". `weir --help` tells more.");
    return exit_wrong_usage;
  }
  if (auto ended = parse_command_line(program, static_cast<int>(given.own()), argv))
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
      *environment, *settings, {words.begin() + static_cast<std::ptrdiff_t>(given.own()), words.end()}};
  for (auto& each : commands)
    if (each->options().parsed())
      return each->run(context);
  return exit_wrong_usage;
}
