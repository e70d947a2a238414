#include "master_option.hpp"

#include "base/options.hpp"
#include "cluster_folder.hpp"

#include <CLI/CLI.hpp>

namespace weir::tools {

master_option::master_option(CLI::App& app) {
  auto* address =
      app.add_option("-m,--jobmanager", address_, "REST address of the master (default: 127.0.0.1:8081)")
          ->type_name("HOST:PORT")
          ->check([](const std::string& text) {
            auto parsed = parse_rest_address(text);
            return parsed ? std::string{} : parsed.failure().message();
          });
  app.add_option("--dir", folder_, "The cluster that `weir cluster start --dir` started there")
      ->type_name("DIR")
      ->excludes(address);
}

result<rest_client> master_option::connect(const command_context& with) const {
  auto timeout = with.settings.get(options::client_timeout);
  if (!address_.empty())
    return rest_client::at(address_, timeout);
  if (!folder_.empty()) {
    auto running = cluster_folder{with.environment, folder_}.rest_address();
    if (!running)
      return running.failure();
    return rest_client::at(*running, timeout);
  }
  return rest_client{{with.settings.get(options::rest_address),
                      static_cast<std::uint16_t>(with.settings.get(options::rest_port))},
                     timeout};
}

} // namespace weir::tools
