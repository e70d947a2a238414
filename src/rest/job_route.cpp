#include "rest/job_route.hpp"

#include "rest/answers.hpp"

#include <string>
#include <utility>

namespace weir {

void with_job(const rest_services& services, job_id id, const http_reply& reply,
              std::function<void(const job_details&)> go_on) {
  services.gateway.job(id, [reply, id, go_on = std::move(go_on)](result<job_details> found) {
    if (found)
      return go_on(*found);
    reply(found.failure().code() == errc::not_found ? error_answer(404, "Job " + to_string(id) + " not found")
                                                    : error_answer(found.failure()));
  });
}

void with_job(const rest_services& services, const rest_call& call, const http_reply& reply,
              std::function<void(const job_details&)> go_on) {
  auto id = path_id(call, "jobid");
  if (!id)
    return reply(error_answer(id.failure()));
  with_job(services, job_id{*id}, reply, std::move(go_on));
}

} // namespace weir
