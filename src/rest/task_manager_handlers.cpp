#include "rest/answers.hpp"
#include "rest/rest_services.hpp"
#include "rest/worker_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir {

using nlohmann::json;

void add_task_manager_handlers(rest_router& router, const rest_services& services) {
  router.add("GET", "/taskmanagers", [&services](const rest_call&, const http_reply& reply) {
    services.gateway.workers([reply](result<std::vector<worker_status>> workers) {
      if (!workers)
        return reply(error_answer(workers.failure()));
      json list = json::array();
      for (const worker_status& worker : *workers)
        list.push_back(worker_json(worker));
      reply(json_answer({{"taskmanagers", std::move(list)}}));
    });
  });
  router.add("GET", "/taskmanagers/:taskmanagerid",
             [&services](const rest_call& call, const http_reply& reply) {
               services.gateway.workers(
                   [reply, id = call.path.at("taskmanagerid")](result<std::vector<worker_status>> workers) {
                     if (!workers)
                       return reply(error_answer(workers.failure()));
                     auto found = std::ranges::find(*workers, id, &worker_status::id);
                     if (found == (*workers).end())
                       return reply(error_answer(404, "TaskManager " + id + " not found"));
                     reply(json_answer(worker_details_json(*found)));
                   });
             });
}

} // namespace weir
