#include "rest/rest_server.hpp"

#include "base/configuration.hpp"
#include "base/log.hpp"
#include "base/options.hpp"
#include "base/thread_executor.hpp"
#include "base/version.hpp"
#include "rest/http_server.hpp"
#include "rest/jar_service.hpp"
#include "rest/jar_store.hpp"
#include "rest/job_planner.hpp"
#include "rest/posting_gateway.hpp"
#include "rest/rest_router.hpp"
#include "rest/rest_services.hpp"

#include <filesystem>
#include <utility>

namespace weir {
namespace {

using namespace std::chrono_literals;

http_server_settings server_settings(const configuration& settings) {
  http_server_settings server;
  server.bind = {settings.get(options::rest_bind_address),
                 static_cast<std::uint16_t>(settings.get(options::rest_port))};
  server.connections_max = static_cast<std::size_t>(settings.get(options::rest_max_connections));
  server.header_bytes_max = settings.get(options::rest_max_header_size).bytes;
  server.buffered_bytes_max = settings.get(options::rest_max_buffered_size).bytes;
  server.idle_timeout = settings.get(options::rest_idle_timeout);
  // The slowest path builds a graph and then asks the cluster twice, each with a limit of its own.
  server.answer_timeout =
      settings.get(options::web_plan_timeout) + 2 * settings.get(options::web_timeout) + 10s;
  return server;
}

random_id draw_id(randomness& random) {
  random_id id{random.next(), random.next()};
  return id ? id : draw_id(random);
}

/// The folder of uploads: the configured one, which stays, or one that ends with the server.
class upload_folder {
public:
  upload_folder(platform& environment, std::string configured)
      : environment_{environment}, path_{std::move(configured)}, temporary_{path_.empty()} {
    if (temporary_)
      path_ =
          (std::filesystem::temp_directory_path() / ("weir-web-" + to_string(draw_id(environment.random()))))
              .string();
  }

  ~upload_folder() {
    // What cannot be removed is in the system's temporary folder.
    if (temporary_)
      (void)environment_.files().remove_all(path_);
  }

  upload_folder(const upload_folder&) = delete;
  upload_folder& operator=(const upload_folder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

private:
  platform& environment_;
  std::string path_;
  bool temporary_;
};

class composed_rest_server final : public rest_server {
public:
  composed_rest_server(platform& environment, const configuration& settings, cluster_gateway& gateway,
                       rest_server_options given, std::unique_ptr<http_server> server)
      : folder_{environment, settings.get(options::web_upload_dir)},
        store_{environment, folder_.path()},
        planner_{make_process_planner(environment.clock(),
                                      {given.weir_program, settings.get(options::web_plan_timeout)})},
        server_{std::move(server)},
        gateway_{gateway, server_->poster()},
        jars_{store_, *planner_, environment.files(), blocking_, server_->poster()},
        services_{gateway_, environment.clock(), describe(settings, given.commit)},
        address_{settings.get(options::rest_address), server_->address().port} {
    services_.jars = settings.get(options::web_submit_enable) ? &jars_ : nullptr;
    services_.draw_id = [&environment] { return draw_id(environment.random()); };
    services_.max_library_bytes = settings.get(options::rest_max_content_length).bytes;
    services_.exception_history_size =
        static_cast<std::size_t>(settings.get(options::web_exception_history_size));
    services_.outcome_store_duration = settings.get(options::rest_async_store_duration);
    services_.shut_down = std::move(given.shut_down);
    add_all_handlers(router_, services_);
    server_->start({[this](const http_request& request) { return router_.body_limit(request); },
                    [this](http_request request, http_reply reply) {
                      log::rest.debug("request", {{"peer", request.peer}, {"method", request.method}});
                      router_.route(std::move(request), std::move(reply));
                    }});
    log::rest.info("REST server listens", {{"address", server_->address()}});
  }

  ~composed_rest_server() override { composed_rest_server::stop(); }

  const node_address& address() const override { return address_; }

  void stop() override {
    jars_.stop();
    server_->stop();
  }

private:
  static cluster_description describe(const configuration& settings, const std::string& commit) {
    cluster_description about;
    about.version = version();
    about.commit = commit;
    about.configuration.assign(settings.values().begin(), settings.values().end());
    about.refresh_interval_ms = settings.get(options::web_refresh_interval).count();
    return about;
  }

  upload_folder folder_;
  jar_store store_;
  std::unique_ptr<job_planner> planner_;
  std::unique_ptr<http_server> server_;
  posting_gateway gateway_;
  jar_service jars_;
  rest_services services_;
  rest_router router_;
  node_address address_;
  thread_executor blocking_{1}; ///< last, so that its jobs have ended before what they use goes
};

} // namespace

result<std::unique_ptr<rest_server>> start_rest_server(platform& environment, const configuration& settings,
                                                       cluster_gateway& gateway,
                                                       rest_server_options options) {
  auto server = make_http_server(server_settings(settings), environment.clock());
  if (!server)
    return server.failure().wrap("cannot start the REST server (rest.bind-address, rest.port)");
  return std::unique_ptr<rest_server>{std::make_unique<composed_rest_server>(
      environment, settings, gateway, std::move(options), *std::move(server))};
}

} // namespace weir
