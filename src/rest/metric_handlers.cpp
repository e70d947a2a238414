#include "rest/answers.hpp"
#include "rest/job_route.hpp"
#include "rest/metric_view.hpp"
#include "rest/rest_services.hpp"
#include "rest/vertex_route.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace weir {
namespace {

using nlohmann::json;

json attempt_json(const subtask_status& subtask) {
  return {{"subtask", subtask.attempt.subtask}, {"attempt", subtask.attempt.number}};
}

void add_accumulators(rest_router& router, const rest_services& services) {
  add_vertex_view(router, services, "/accumulators", [](const vertex_call& of) {
    return json_answer(
        {{"id", to_string(of.vertex.id)}, {"user-accumulators", user_accumulators_json(of.subtasks)}});
  });
  add_vertex_view(router, services, "/subtasks/accumulators", [](const vertex_call& of) {
    json subtasks = json::array();
    for (const subtask_status* each : of.subtasks) {
      json entry = attempt_json(*each);
      entry["host"] = each->host;
      entry["endpoint"] = each->host;
      entry["user-accumulators"] = user_accumulators_json({each});
      subtasks.push_back(std::move(entry));
    }
    return json_answer({{"id", to_string(of.vertex.id)},
                        {"parallelism", of.vertex.parallelism},
                        {"subtasks", std::move(subtasks)}});
  });
  add_vertex_view(router, services, "/subtasks/:subtask/attempts/:attempt/accumulators",
                  [](const vertex_call& of) {
                    const subtask_status* subtask = named_subtask(of);
                    if (!subtask)
                      return unknown_subtask(of);
                    json entry = attempt_json(*subtask);
                    entry["id"] = to_string(subtask->attempt);
                    entry["user-accumulators"] = user_accumulators_json({subtask});
                    return json_answer(entry);
                  });
}

http_response vertex_metrics(const vertex_call& of) {
  metric_list all;
  for (const subtask_status* each : of.subtasks)
    for (auto& [name, value] : metrics_of(*each))
      all.emplace_back(std::to_string(each->attempt.subtask) + "." + name, value);
  return json_answer(metric_list_json(all, of.call.request));
}

http_response subtask_metrics(const vertex_call& of) {
  const subtask_status* subtask = named_subtask(of);
  return subtask ? json_answer(metric_list_json(metrics_of(*subtask), of.call.request)) : unknown_subtask(of);
}

http_response metrics_over_subtasks(const vertex_call& of) {
  std::string chosen = of.call.request.parameter("subtasks").value_or("");
  std::vector<metric_list> lists;
  for (const subtask_status* each : of.subtasks)
    if (names_number(chosen, each->attempt.subtask))
      lists.push_back(metrics_of(*each));
  return json_answer(aggregated_metrics_json(lists, of.call.request));
}

http_response watermarks(const vertex_call& of) {
  json list = json::array();
  for (const subtask_status* each : of.subtasks)
    list.push_back({{"id", std::to_string(each->attempt.subtask) + ".currentInputWatermark"},
                    {"value", std::to_string(each->measurements ? each->measurements->input_watermark
                                                                : detail::min_event_time)}});
  return json_answer(list);
}

/// Flink's limits.
const char* level_of(double ratio) {
  return ratio <= 0.1 ? "ok" : ratio <= 0.5 ? "low" : "high";
}

http_response backpressure(const vertex_call& of) {
  json subtasks = json::array();
  double most = 0;
  bool measured = false;
  for (const subtask_status* each : of.subtasks) {
    if (each->state != task_state::running || !each->measurements)
      continue;
    measured = true;
    const task_rates& rates = each->measurements->rates;
    auto share = [](double ms) { return std::min(1.0, ms / 1000); };
    double ratio = share(rates.backpressured_ms);
    most = std::max(most, ratio);
    subtasks.push_back({{"subtask", each->attempt.subtask},
                        {"attempt-number", each->attempt.number},
                        {"backpressure-level", level_of(ratio)},
                        {"backpressureLevel", level_of(ratio)},
                        {"ratio", ratio},
                        {"idleRatio", share(rates.idle_ms)},
                        {"busyRatio", share(rates.busy_ms)}});
  }
  if (!measured)
    return json_answer({{"status", "deprecated"}});
  return json_answer({{"status", "ok"},
                      {"backpressure-level", level_of(most)},
                      {"backpressureLevel", level_of(most)},
                      {"end-timestamp", of.now},
                      {"subtasks", std::move(subtasks)}});
}

void job_metrics(const rest_services& services, const rest_call& call, const http_reply& reply) {
  with_job(services, call, reply, [&services, reply, request = call.request](const job_details& job) {
    reply(json_answer(metric_list_json(metrics_of(job, services.clock.wall_ms()), request)));
  });
}

void metrics_over_jobs(const rest_services& services, const rest_call& call, const http_reply& reply) {
  services.gateway.jobs([&services, reply, request = call.request](result<std::vector<job_summary>> jobs) {
    if (!jobs)
      return reply(error_answer(jobs.failure()));
    std::string chosen = request.parameter("jobs").value_or("");
    std::vector<metric_list> lists;
    for (const job_summary& job : *jobs)
      if (chosen.empty() || chosen.find(to_string(job.id)) != std::string::npos)
        lists.push_back(metrics_of(job, services.clock.wall_ms()));
    reply(json_answer(aggregated_metrics_json(lists, request)));
  });
}

} // namespace

void add_metric_handlers(rest_router& router, const rest_services& services) {
  router.add("GET", "/jobs/:jobid/metrics", [&services](const rest_call& call, const http_reply& reply) {
    job_metrics(services, call, reply);
  });
  router.add("GET", "/jobs/metrics", [&services](const rest_call& call, const http_reply& reply) {
    metrics_over_jobs(services, call, reply);
  });
  add_vertex_view(router, services, "/metrics", vertex_metrics);
  add_vertex_view(router, services, "/subtasks/metrics", metrics_over_subtasks);
  add_vertex_view(router, services, "/subtasks/:subtask/metrics", subtask_metrics);
  add_vertex_view(router, services, "/watermarks", watermarks);
  add_vertex_view(router, services, "/backpressure", backpressure);
  add_accumulators(router, services);
}

} // namespace weir
