#include "actors/master.hpp"
#include "actors/node_system.hpp"
#include "actors/tcp_connector.hpp"
#include "base/log.hpp"
#include "build_commit.hpp"
#include "program_options.hpp"
#include "rest/rest_server.hpp"
#include "roles.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <cstdio>
#include <filesystem>

namespace weir::tools {

int run_master(platform& environment, const configuration& settings, const termination& end) {
  log::set_node("master");
  actors::node_system_config config{true};
  caf::actor_system system{config};

  auto network = actors::start_tcp_connector(
      system, environment, actors::tcp_settings(settings, actors::node_role::master, environment));
  if (!network) {
    print_error("weir-node", network.failure().message());
    return exit_failed;
  }
  int exit_code = exit_done;
  std::atomic<bool> is_superseded{false};
  {
    auto master =
        actors::start_master(system, environment, settings, *network,
                             actors::epoch_from_wall_time(environment), [&](const std::string& why) {
                               print_error("weir-node", "another master leads this cluster: " + why);
                               is_superseded = true;
                               termination::request();
                             });
    if (!master) {
      print_error("weir-node", master.failure().message());
      exit_code = exit_failed;
    } else {
      auto weir_program = std::filesystem::read_symlink("/proc/self/exe").replace_filename("weir");
      auto rest = start_rest_server(
          environment, settings, (*master)->gateway(),
          {.commit = WEIR_BUILD_COMMIT, .weir_program = weir_program, .shut_down = &termination::request});
      if (!rest) {
        print_error("weir-node", rest.failure().message());
        exit_code = exit_failed;
      } else {
        std::printf("weir-node master ready rest=%s rpc=%s\n", to_string((*rest)->address()).c_str(),
                    to_string((*master)->rpc_address()).c_str());
        std::fflush(stdout);
        end.wait();
        log::node.info("shutting down");
        if (is_superseded)
          exit_code = exit_failed;
        (*rest)->stop();
      }
      (*master)->stop();
    }
  }
  caf::anon_send_exit(network->actor, caf::exit_reason::user_shutdown);
  network->actor = nullptr;
  return exit_code;
}

} // namespace weir::tools
