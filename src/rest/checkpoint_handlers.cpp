#include "rest/answers.hpp"
#include "rest/checkpoint_triggers.hpp"
#include "rest/checkpoint_view.hpp"
#include "rest/job_route.hpp"
#include "rest/job_view.hpp"
#include "rest/rest_services.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

constexpr const char* not_enabled = "Checkpointing has not been enabled.";

// ---- what there is

/// Answers itself, with `otherwise`, for a job that takes no checkpoints.
void with_checkpoints(const rest_services& services, const rest_call& call, const http_reply& reply,
                      const std::function<std::string(const std::string& job)>& otherwise,
                      const std::function<http_response(const job_details&)>& answer) {
  with_job(services, call, reply, [reply, otherwise, answer](const job_details& job) {
    reply(job.checkpoints ? answer(job) : error_answer(404, otherwise(to_string(job.summary.id))));
  });
}

void list(const rest_services& services, const rest_call& call, const http_reply& reply) {
  with_checkpoints(
      services, call, reply, [](const std::string&) { return not_enabled; },
      [](const job_details& job) { return json_answer(checkpoints_json(*job.checkpoints)); });
}

/// The backend of a job that does not name one is that of the cluster's configuration.
std::string backend_of(const job_details& job, const rest_services& services) {
  configuration cluster;
  for (const auto& [key, value] : services.about.configuration)
    if (key == options::state_backend_type.key)
      (void)cluster.set(key, value,
                        "the cluster's configuration"); // a master with a wrong one does not start
  state_backend backend = job.graph && job.graph->backend ? *job.graph->backend : state_backend_of(cluster);
  return backend == state_backend::leveldb ? "leveldb" : "hashmap";
}

void config(const rest_services& services, const rest_call& call, const http_reply& reply) {
  with_checkpoints(
      services, call, reply,
      [](const std::string& job) { return "Checkpointing is not enabled for this job (" + job + ")."; },
      [&services](const job_details& job) {
        return json_answer(checkpoint_config_json(job.checkpoints->settings, backend_of(job, services)));
      });
}

std::optional<checkpoint_id> number_in(const std::string& text) {
  checkpoint_id number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

/// The checkpoint that the path names.
void with_checkpoint(
    const rest_services& services, const rest_call& call, const http_reply& reply,
    const std::function<http_response(const job_details&, const checkpoint_record&)>& answer) {
  const std::string& text = call.path.at("checkpointid");
  auto id = number_in(text);
  if (!id)
    return reply(error_answer(400, "Bad request, could not parse parameters: Cannot resolve path parameter "
                                   "(checkpointid) from value \"" +
                                       text + "\"."));
  with_checkpoints(
      services, call, reply,
      [](const std::string& job) { return "Checkpointing was not enabled for job " + job + "."; },
      [id = *id, answer](const job_details& job) {
        auto record = find_checkpoint(*job.checkpoints, id);
        return record ? answer(job, *record)
                      : error_answer(404, "Could not find checkpointing statistics for checkpoint " +
                                              std::to_string(id) + ".");
      });
}

void details(const rest_services& services, const rest_call& call, const http_reply& reply) {
  with_checkpoint(services, call, reply, [](const job_details& job, const checkpoint_record& record) {
    return json_answer(checkpoint_details_json(record, job.graph ? *job.graph : job_graph{}));
  });
}

void subtasks(const rest_services& services, const rest_call& call, const http_reply& reply) {
  auto vertex = path_id(call, "vertexid");
  if (!vertex)
    return reply(error_answer(vertex.failure()));
  with_checkpoint(
      services, call, reply, [vertex = *vertex](const job_details& job, const checkpoint_record& record) {
        for (std::size_t i = 0; job.graph && i < record.vertices.size(); ++i)
          if (job.graph->vertices[i].id == operator_id{vertex})
            return json_answer(checkpoint_subtasks_json(record, i));
        return error_answer(404, "There is no checkpoint statistics for task " + to_string(vertex) + ".");
      });
}

// ---- those that are wished for

struct wish {
  random_id trigger;
  bool full = false;
  bool incremental = false;
};

result<wish> read_wish(const rest_services& services, const rest_call& call) {
  auto body = json_body(call.request);
  if (!body)
    return body.failure();
  auto text_in = [&](const char* name) -> result<std::string> {
    auto found = body->find(name);
    if (found == body->end() || found->is_null())
      return std::string{};
    if (!found->is_string())
      return error{errc::invalid_argument, std::string{"Bad request received: "} + name + " is not a text."};
    return found->get<std::string>();
  };
  auto type = text_in("checkpointType");
  if (!type)
    return type.failure();
  if (!type->empty() && *type != "CONFIGURED" && *type != "FULL" && *type != "INCREMENTAL")
    return error{errc::invalid_argument,
                 "Bad request received: checkpointType must be CONFIGURED, FULL or INCREMENTAL, not \"" +
                     *type + "\"."};
  auto trigger = text_in("triggerId");
  if (!trigger)
    return trigger.failure();
  wish read{.full = *type == "FULL", .incremental = *type == "INCREMENTAL"};
  read.trigger = trigger->empty() ? services.draw_id() : parse_random_id(*trigger);
  if (!read.trigger)
    return error{errc::invalid_argument,
                 "Bad request received: triggerId must be 32 hexadecimal digits, not \"" + *trigger + "\"."};
  return read;
}

/// What keeps a job from this checkpoint at all; else empty.
std::optional<http_response> refusal(const job_details& job, const wish& wanted) {
  if (!job.checkpoints)
    return error_answer(404, not_enabled);
  if (wanted.incremental && !job.checkpoints->settings.incremental)
    return error_answer(400, std::string{options::checkpointing_incremental.key} +
                                 " is false for this job: it has no incremental checkpoints.");
  return std::nullopt;
}

using shared_triggers = std::shared_ptr<checkpoint_triggers>;

void trigger(const rest_services& services, const shared_triggers& triggers, const rest_call& call,
             const http_reply& reply) {
  auto read = read_wish(services, call);
  if (!read)
    return reply(error_answer(read.failure()));
  with_job(services, call, reply, [&services, triggers, reply, wanted = *read](const job_details& job) {
    if (auto refused = refusal(job, wanted))
      return reply(*refused);
    const job_id& id = job.summary.id;
    auto begun = triggers->begin(id, wanted.trigger, services.clock.now());
    if (begun == checkpoint_triggers::begun::no)
      return reply(error_answer(503, "Too many triggered checkpoints are under way: try again later."));
    reply(json_answer({{"request-id", to_string(wanted.trigger)}}, 202));
    if (begun == checkpoint_triggers::begun::yes)
      services.gateway.checkpoint(
          id, wanted.full, [&services, triggers, id, wanted](result<checkpoint_id> outcome) {
            triggers->end(id, wanted.trigger, std::move(outcome), services.clock.now());
          });
  });
}

http_response trigger_answer(const checkpoint_triggers::status& of) {
  if (!of.outcome)
    return json_answer({{"status", {{"id", "IN_PROGRESS"}}}});
  const result<checkpoint_id>& outcome = *of.outcome;
  json operation = outcome ? json{{"checkpointId", *outcome}}
                           : json{{"failureCause", failure_cause_json(outcome.failure().message())}};
  return json_answer({{"status", {{"id", "COMPLETED"}}}, {"operation", std::move(operation)}});
}

void trigger_status(const rest_services& services, checkpoint_triggers& triggers, const rest_call& call,
                    const http_reply& reply) {
  auto job = path_id(call, "jobid");
  if (!job)
    return reply(error_answer(job.failure()));
  auto trigger = path_id(call, "triggerid");
  if (!trigger)
    return reply(error_answer(trigger.failure()));
  const auto* found = triggers.find(job_id{*job}, *trigger, services.clock.now());
  reply(found ? trigger_answer(*found)
              : error_answer(404, "Trigger " + to_string(*trigger) + " of job " + to_string(*job) +
                                      " not found: outcomes are kept for " +
                                      to_text(services.outcome_store_duration) + " (" +
                                      options::rest_async_store_duration.key + ")."));
}

} // namespace

void add_checkpoint_handlers(rest_router& router, const rest_services& services) {
  auto triggers = std::make_shared<checkpoint_triggers>(services.outcome_store_duration);
  auto add_get = [&](std::string_view below, auto* answer) {
    router.add("GET", "/jobs/:jobid/checkpoints" + std::string{below},
               [&services, answer](const rest_call& call, const http_reply& reply) {
                 answer(services, call, reply);
               });
  };
  add_get("", list);
  add_get("/config", config);
  add_get("/details/:checkpointid", details);
  add_get("/details/:checkpointid/subtasks/:vertexid", subtasks);
  router.add("POST", "/jobs/:jobid/checkpoints",
             [&services, triggers](const rest_call& call, const http_reply& reply) {
               trigger(services, triggers, call, reply);
             });
  router.add("GET", "/jobs/:jobid/checkpoints/:triggerid",
             [&services, triggers](const rest_call& call, const http_reply& reply) {
               trigger_status(services, *triggers, call, reply);
             });
}

} // namespace weir
