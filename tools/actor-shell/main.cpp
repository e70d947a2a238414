#include "completion.hpp"
#include "line_editor.hpp"
#include "rest_cluster.hpp"
#include "session.hpp"
#include "signals.hpp"
#include "terminal.hpp"

#include "base/options.hpp"
#include "base/platform.hpp"
#include "program_options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <iostream>
#include <string>

using namespace weir;
using namespace weir::tools;
using namespace weir::tools::shell;

namespace {

/// Somebody waits with a finger on the key.
constexpr duration completion_timeout = std::chrono::seconds{1};

result<rest_address> master_address(const std::string& given, const configuration& settings) {
  if (!given.empty())
    return parse_rest_address(given);
  return parse_rest_address(to_string(rest_address{
      settings.get(options::rest_address), static_cast<std::uint16_t>(settings.get(options::rest_port))}));
}

/// The path of the history, in a folder that exists; empty when there can be none.
std::string prepared_history(file_system& files) {
  std::string path = history_file(std::getenv("XDG_STATE_HOME"), std::getenv("HOME"));
  if (!path.empty() && !files.create_folders(path.substr(0, path.rfind('/'))))
    return "";
  return path;
}

int run_interactively(session& commands, platform& environment, const rest_address& master,
                      duration timeout) {
  noted_signals signals;
  rest_cluster asked_at_keys{rest_client{master, std::min(timeout, completion_timeout)}, environment.clock()};
  line_editor editor{"weir " + to_string(master) + "> ", prepared_history(environment.files()), signals,
                     [&](std::string_view line) {
                       return complete(
                           line, [&](argument_kind kind) { return words_of_cluster(asked_at_keys, kind); });
                     }};
  std::cout << "`help` lists the commands.\n";
  std::string line;
  while (!commands.ended() && !signals.ended()) {
    auto outcome = editor.read(line);
    if (outcome == line_editor::outcome::end)
      break;
    if (outcome == line_editor::outcome::canceled)
      continue;
    commands.run(line);
    if (commands.interrupted())
      std::cout << std::endl; // behind the ^C
  }
  return exit_done;
}

int run_script(session& commands) {
  int worst = exit_done;
  std::string line;
  while (!commands.ended() && !commands.interrupted() && std::getline(std::cin, line))
    worst = std::max(worst, commands.run(line));
  return worst;
}

} // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");
  exit_at_signals();
  CLI::App app{"Shows what the nodes, jobs and tasks of a weir cluster do.", "actor-shell"};
  std::string master, line;
  bool json = false;
  app.add_option("-m,--master", master,
                 "REST address of the master (default: rest.address and rest.port, 127.0.0.1:8081)")
      ->type_name("HOST:PORT");
  auto* one_shot = app.add_option("-c", line, "Runs these commands and ends")->type_name("COMMANDS");
  app.add_flag("--json", json, "Prints what each command found as one line of JSON");
  program_options common{app};
  app.footer("Without -c it reads commands from the terminal, or from a script on standard input. `help` "
             "lists them:\n"
             "  actor-shell -c help");
  if (auto ended = parse_command_line(app, argc, argv))
    return *ended;

  auto environment = make_system_platform();
  auto settings = common.load(*environment);
  if (!settings) {
    print_error("actor-shell", settings.failure().message());
    return exit_wrong_usage;
  }
  auto address = master_address(master, *settings);
  if (!address) {
    print_error("actor-shell", address.failure().message());
    return exit_wrong_usage;
  }

  auto timeout = settings->get(options::client_timeout);
  rest_cluster of{rest_client{*address, timeout}, environment->clock()};
  watch_screen watched{json};
  session commands{of, watched, std::cout, std::cerr, {json, {shows_colour()}}};
  if (one_shot->count() > 0)
    return commands.run(line);
  return is_interactive() ? run_interactively(commands, *environment, *address, timeout)
                          : run_script(commands);
}
