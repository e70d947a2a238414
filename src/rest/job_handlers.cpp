#include "rest/answers.hpp"
#include "rest/job_route.hpp"
#include "rest/job_view.hpp"
#include "rest/plan_json.hpp"
#include "rest/rest_services.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace weir {
namespace {

using nlohmann::json;

/// A view of one job: the JSON that a path gives, once the job is known.
using job_view = std::function<json(const job_details&, const http_request&)>;

void add_view(rest_router& router, const rest_services& services, std::string_view pattern, job_view view) {
  router.add("GET", pattern,
             [&services, view = std::move(view)](const rest_call& call, const http_reply& reply) {
               with_job(services, call, reply, [view, reply, request = call.request](const job_details& job) {
                 reply(json_answer(view(job, request)));
               });
             });
}

std::size_t most_exceptions(const http_request& request, std::size_t otherwise) {
  std::string text = request.parameter("maxExceptions").value_or("");
  std::size_t most = otherwise;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), most);
  return problem == std::errc{} && end == text.data() + text.size() ? most : otherwise;
}

void cancel_job(const rest_services& services, const rest_call& call, const http_reply& reply) {
  auto id = path_id(call, "jobid");
  if (!id)
    return reply(error_answer(id.failure()));
  services.gateway.cancel(job_id{*id}, [reply](result<void> done) {
    if (done)
      return reply(json_answer(json::object(), 202));
    switch (done.failure().code()) {
    case errc::not_found:
      return reply(error_answer(404, "Job could not be found."));
    case errc::timed_out:
      return reply(error_answer(408, "Job cancellation timed out."));
    default:
      return reply(error_answer(done.failure()));
    }
  });
}

void terminate(const rest_services& services, const rest_call& call, const http_reply& reply) {
  std::string mode = call.request.parameter("mode").value_or("cancel");
  if (mode == "cancel")
    return cancel_job(services, call, reply);
  if (mode == "stop")
    return reply(error_answer(308,
                              "The termination mode \"stop\" has been removed. For an ungraceful shutdown, "
                              "please use \"cancel\" instead."));
  reply(error_answer(400,
                     "Bad request, could not parse parameters: mode must be cancel, not \"" + mode + "\"."));
}

void list_jobs(const rest_services& services, const http_reply& reply,
               const std::function<json(const job_summary&)>& entry) {
  services.gateway.jobs([reply, entry](result<std::vector<job_summary>> jobs) {
    if (!jobs)
      return reply(error_answer(jobs.failure()));
    json list = json::array();
    for (const job_summary& job : *jobs)
      list.push_back(entry(job));
    reply(json_answer({{"jobs", std::move(list)}}));
  });
}

} // namespace

void add_job_handlers(rest_router& router, const rest_services& services) {
  router.add("GET", "/jobs", [&services](const rest_call&, const http_reply& reply) {
    list_jobs(services, reply, [](const job_summary& job) -> json {
      return {{"id", to_string(job.id)}, {"status", to_string(job.state)}};
    });
  });
  router.add("GET", "/jobs/overview", [&services](const rest_call&, const http_reply& reply) {
    list_jobs(services, reply, [&services](const job_summary& job) {
      return overview_entry_json(job, services.clock.wall_ms());
    });
  });

  add_view(router, services, "/jobs/:jobid", [&services](const job_details& job, const http_request&) {
    return job_json(job, services.clock.wall_ms());
  });
  add_view(router, services, "/jobs/:jobid/plan", [](const job_details& job, const http_request&) {
    return plan_json(job.graph ? *job.graph : job_graph{}, job.summary.id);
  });
  add_view(router, services, "/jobs/:jobid/status", [](const job_details& job, const http_request&) -> json {
    return {{"status", to_string(job.summary.state)}};
  });
  add_view(router, services, "/jobs/:jobid/config",
           [](const job_details& job, const http_request&) { return config_json(job); });
  add_view(router, services, "/jobs/:jobid/exceptions",
           [&services](const job_details& job, const http_request& request) {
             return exceptions_json(job, most_exceptions(request, services.exception_history_size));
           });
  add_view(router, services, "/jobs/:jobid/execution-result",
           [](const job_details& job, const http_request&) { return execution_result_json(job); });
  add_view(router, services, "/jobs/:jobid/accumulators",
           [](const job_details& job, const http_request& request) {
             return accumulators_json(job, request.parameter("includeSerializedValue") == "true");
           });

  router.add("PATCH", "/jobs/:jobid", [&services](const rest_call& call, const http_reply& reply) {
    terminate(services, call, reply);
  });
  router.add("GET", "/jobs/:jobid/yarn-cancel", [&services](const rest_call& call, const http_reply& reply) {
    cancel_job(services, call, reply);
  });
}

} // namespace weir
