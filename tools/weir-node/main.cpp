#include "base/options.hpp"
#include "base/system_files.hpp"
#include "program_options.hpp"
#include "rest_address.hpp"
#include "roles.hpp"
#include "termination.hpp"

#include <CLI/CLI.hpp>

#include <string>

using namespace weir;
using namespace weir::tools;

int main(int argc, char** argv) {
  termination end;
  CLI::App app{
      "Runs a node of a weir cluster: the master, which takes jobs, or a worker, which runs their tasks.",
      "weir-node"};
  std::string role, master;
  app.add_option("--role", role, "What this node is")->required()->check(CLI::IsMember({"master", "worker"}));
  app.add_option("--master", master, "Where the master takes workers (its rpc address); for a worker")
      ->type_name("HOST:PORT");
  program_options common{app};
  app.footer(
      "A node ends cleanly on SIGTERM or SIGINT. It listens on loopback unless *.bind-host says otherwise.");
  if (auto ended = parse_command_line(app, argc, argv))
    return *ended;

  allow_many_open_files();
  auto environment = make_system_platform();
  auto settings = common.load(*environment);
  if (!settings) {
    print_error("weir-node", settings.failure().message());
    return exit_wrong_usage;
  }
  if (role == "master") {
    if (!master.empty()) {
      print_error("weir-node", "--master is for workers: leave it out with --role=master");
      return exit_wrong_usage;
    }
    return run_master(*environment, *settings, end);
  }
  node_address address{settings->get(options::jobmanager_rpc_address),
                       static_cast<std::uint16_t>(settings->get(options::jobmanager_rpc_port))};
  if (!master.empty()) {
    auto parsed = parse_rest_address(master);
    if (!parsed) {
      print_error("weir-node", "--master: " + parsed.failure().message());
      return exit_wrong_usage;
    }
    address = {parsed->host, parsed->port};
  }
  return run_worker(*environment, *settings, address, end);
}
