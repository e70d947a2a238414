#pragma once

#include "base/result.hpp"
#include "rest/cluster_gateway.hpp"
#include "rest/http_message.hpp"
#include "rest/rest_router.hpp"
#include "rest/rest_services.hpp"
#include "simulation/simulated_cluster.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace weir::simulation {

/// What a client of the master's REST server gets, without the HTTP between them.
class simulated_rest final : weir::clock {
public:
  explicit simulated_rest(simulated_cluster& cluster) : cluster_{cluster} {}

  /// Asks the present master. Called back in a step of the cluster, or never, if that master ends before.
  void ask(const std::string& method, const std::string& path,
           std::function<void(result<nlohmann::json>)> done);

private:
  struct server {
    rest_services services;
    rest_router router;
  };

  server& server_of(cluster_gateway& master);

  time_point now() override { return cluster_.now(); }
  std::int64_t wall_ms() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now().time_since_epoch()).count();
  }

  simulated_cluster& cluster_;
  /// Of all masters there were: one that is gone may hold an answer to come.
  std::map<cluster_gateway*, std::unique_ptr<server>> servers_;
};

} // namespace weir::simulation
