#include "simulated_rest.hpp"

#include <utility>

namespace weir::simulation {

namespace {

result<nlohmann::json> read(const http_response& response) {
  auto body = nlohmann::json::parse(response.body, nullptr, false);
  if (response.status >= 200 && response.status <= 299)
    return body;
  std::string text = "the master answered with status " + std::to_string(response.status);
  if (body.is_object() && body.contains("errors") && !body["errors"].empty())
    text = body["errors"].front().get<std::string>();
  return error{response.status == 404 ? errc::not_found : errc::failed, text};
}

} // namespace

void simulated_rest::ask(const std::string& method, const std::string& path,
                         std::function<void(result<nlohmann::json>)> done) {
  auto* master = cluster_.gateway();
  if (!master)
    return done(error{errc::unavailable, "no master runs"});
  http_request request;
  request.method = method;
  parse_target(path, request);
  server_of(*master).router.route(
      std::move(request), [done = std::move(done)](const http_response& response) { done(read(response)); });
}

simulated_rest::server& simulated_rest::server_of(cluster_gateway& master) {
  auto& found = servers_[&master];
  if (!found) {
    found = std::make_unique<server>(server{.services = {.gateway = master, .clock = *this}, .router = {}});
    add_all_handlers(found->router, found->services);
  }
  return *found;
}

} // namespace weir::simulation
