#include "rest/answers.hpp"
#include "rest/rest_services.hpp"
#include "rest/worker_view.hpp"

#include <nlohmann/json.hpp>

#include <ctime>

namespace weir {
namespace {

using nlohmann::json;

json config_json(const rest_services& services) {
  std::time_t seconds = services.clock.wall_ms() / 1000;
  std::tm local{};
  localtime_r(&seconds, &local);
  bool submits = services.jars != nullptr;
  return {{"refresh-interval", services.about.refresh_interval_ms},
          {"timezone-name", local.tm_zone ? local.tm_zone : "UTC"},
          {"timezone-offset", local.tm_gmtoff * 1000},
          {"flink-version", services.about.version},
          {"flink-revision", services.about.commit},
          {"features",
           {{"web-submit", submits}, {"web-cancel", true}, {"web-rescale", false}, {"web-history", false}}}};
}

void overview(const rest_services& services, const http_reply& reply) {
  services.gateway.workers([&services, reply](result<std::vector<worker_status>> workers) {
    if (!workers)
      return reply(error_answer(workers.failure()));
    services.gateway.jobs(
        [&services, reply, found = *std::move(workers)](result<std::vector<job_summary>> jobs) {
          if (!jobs)
            return reply(error_answer(jobs.failure()));
          json body = overview_json(found, *jobs);
          body["flink-version"] = services.about.version;
          body["flink-commit"] = services.about.commit;
          reply(json_answer(body));
        });
  });
}

} // namespace

void add_cluster_handlers(rest_router& router, const rest_services& services) {
  router.add("GET", "/config", [&services](const rest_call&, const http_reply& reply) {
    reply(json_answer(config_json(services)));
  });
  router.add("GET", "/overview",
             [&services](const rest_call&, const http_reply& reply) { overview(services, reply); });
  router.add("GET", "/jobmanager/config", [&services](const rest_call&, const http_reply& reply) {
    json entries = json::array();
    for (const auto& [key, value] : services.about.configuration)
      entries.push_back({{"key", key}, {"value", value}});
    reply(json_answer(entries));
  });
  router.add("DELETE", "/cluster", [&services](const rest_call&, const http_reply& reply) {
    reply(json_answer(json::object()));
    services.shut_down();
  });
}

} // namespace weir
