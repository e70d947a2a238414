#include "actors/node_system.hpp"
#include "actors/tcp_connector.hpp"
#include "actors/worker.hpp"
#include "base/log.hpp"
#include "program_options.hpp"
#include "roles.hpp"
#include "scheduler/worker_status.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace weir::tools {

namespace {

/// Ends a process in which user code does not return.
void exit_at_once(const std::string& reason) {
  log::node.error("worker exits", {{"why", reason}});
  std::fflush(nullptr);
  ::_exit(exit_failed);
}

} // namespace

int run_worker(platform& environment, const configuration& settings, const node_address& master,
               const termination& end) {
  actors::node_system_config config{true};
  caf::actor_system system{config};
  auto network = actors::start_tcp_connector(
      system, environment, actors::tcp_settings(settings, actors::node_role::worker, environment));
  if (!network) {
    print_error("weir-node", network.failure().message());
    return exit_failed;
  }
  std::string name = worker_name(network->address, network->self);
  log::set_node("worker " + name);

  std::string ready =
      "weir-node worker ready id=" + name + " data=" + to_string(network->address) + " slots=";
  std::size_t slots = actors::slot_count(settings);
  auto say_ready = [line = ready + std::to_string(slots), said = false]() mutable {
    if (std::exchange(said, true))
      return;
    std::puts(line.c_str());
    std::fflush(stdout);
  };
  int exit_code = exit_done;
  {
    auto worker =
        actors::start_worker(system, environment, settings, *network,
                             {.master = master, .exit_process = &exit_at_once, .registered = say_ready});
    if (!worker) {
      print_error("weir-node", worker.failure().message());
      exit_code = exit_failed;
    } else {
      end.wait();
      log::node.info("shutting down");
      (*worker)->stop();
    }
  }
  caf::anon_send_exit(network->actor, caf::exit_reason::user_shutdown);
  network->actor = nullptr;
  return exit_code;
}

} // namespace weir::tools
