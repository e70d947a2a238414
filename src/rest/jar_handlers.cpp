#include "rest/answers.hpp"
#include "rest/multipart.hpp"
#include "rest/plan_json.hpp"
#include "rest/rest_services.hpp"
#include "rest/shell_words.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

error bad_parameter(const std::string& name, const std::string& why) {
  return error{errc::invalid_argument, "Bad request, could not parse parameters: " + name + " " + why + "."};
}

/// What `/jars/:id/run` and `/plan` take, from the body or else from the query.
class run_parameters {
public:
  // Braces would make a list of the body.
  run_parameters(const http_request& request, json body) : request_{request}, body_(std::move(body)) {}

  /// The first of `names` that is given and not null; numbers and flags as their text.
  [[nodiscard]] std::optional<std::string> text(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (auto value = body_.find(name); value != body_.end() && !value->is_null())
        return value->is_string() ? value->get<std::string>() : json_text(*value);
      if (auto value = request_.parameter(name))
        return value;
    }
    return std::nullopt;
  }

  [[nodiscard]] result<std::vector<std::string>> arguments() const {
    if (auto list = body_.find("programArgsList"); list != body_.end() && !list->is_null()) {
      std::vector<std::string> values;
      if (!list->is_array())
        return bad_parameter("programArgsList", "must be a list of texts");
      for (const json& value : *list) {
        if (!value.is_string())
          return bad_parameter("programArgsList", "must be a list of texts");
        values.push_back(value.get<std::string>());
      }
      return values;
    }
    if (auto list = request_.parameter("programArg"))
      return at_commas(*list);
    return split_words(text({"programArgs", "program-args"}).value_or(""));
  }

  [[nodiscard]] result<std::uint32_t> parallelism() const {
    constexpr std::uint32_t most = 32'768;
    auto given = text({"parallelism"});
    if (!given)
      return 0;
    std::uint32_t value = 0;
    auto [end, problem] = std::from_chars(given->data(), given->data() + given->size(), value);
    if (problem != std::errc{} || end != given->data() + given->size() || value == 0 || value > most)
      return bad_parameter("parallelism",
                           "must be a whole number from 1 to " + std::to_string(most) + ", not " + *given);
    return value;
  }

  [[nodiscard]] result<std::map<std::string, std::string>> configuration() const {
    std::map<std::string, std::string> settings;
    auto object = body_.find("flinkConfiguration");
    if (object == body_.end() || object->is_null())
      return settings;
    if (!object->is_object())
      return bad_parameter("flinkConfiguration", "must be an object of texts");
    for (const auto& [key, value] : object->items())
      settings[key] = value.is_string() ? value.get<std::string>() : json_text(value);
    return settings;
  }

  [[nodiscard]] result<job_id> job() const {
    auto given = text({"jobId"});
    if (!given)
      return job_id{};
    job_id id{parse_random_id(*given)};
    if (!id)
      return bad_parameter("jobId", "must be 32 hexadecimal digits, not all of them 0");
    return id;
  }

private:
  static std::vector<std::string> at_commas(std::string_view list) {
    std::vector<std::string> values;
    while (!list.empty()) {
      std::size_t comma = list.find(',');
      values.emplace_back(list.substr(0, comma));
      list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return values;
  }

  const http_request& request_;
  json body_;
};

result<plan_request> read_plan_request(const run_parameters& given) {
  plan_request request;
  request.function = given.text({"entryClass", "entry-class"}).value_or("");
  auto arguments = given.arguments();
  if (!arguments)
    return arguments.failure();
  request.arguments = *std::move(arguments);
  auto parallelism = given.parallelism();
  if (!parallelism)
    return parallelism.failure();
  request.parallelism = *parallelism;
  auto configuration = given.configuration();
  if (!configuration)
    return configuration.failure();
  request.configuration = *std::move(configuration);
  return request;
}

json jar_json(const stored_jar& jar) {
  json entries = json::array();
  for (const std::string& job : jar.contents.jobs)
    entries.push_back({{"name", job}, {"description", nullptr}});
  return {{"id", jar.id},
          {"name", jar.name},
          {"uploaded", jar.uploaded_wall_ms},
          {"entry", std::move(entries)},
          {"size", jar.size},
          {"sha256", jar.sha256},
          {"abi", jar.contents.abi}};
}

void upload(const rest_services& services, rest_call call, const http_reply& reply) {
  auto parts = parse_multipart(call.request.header("content-type"), call.request.body);
  if (!parts)
    return reply(error_answer(parts.failure()));
  std::erase_if(*parts, [](const form_part& part) { return part.file_name.empty(); });
  if ((*parts).size() != 1)
    return reply(
        error_answer(400, "Exactly 1 file must be sent, received " + std::to_string((*parts).size()) + "."));
  const form_part& file = (*parts).front();
  services.jars->upload(file.file_name, std::string{file.content},
                        [&services, reply](result<stored_jar> jar) {
                          if (!jar)
                            return reply(error_answer(jar.failure()));
                          json answer = jar_json(*jar);
                          answer["filename"] = services.jars->path_of(*jar);
                          answer["status"] = "success";
                          reply(json_answer(answer));
                        });
}

void list(const rest_services& services, const rest_call& call, const http_reply& reply) {
  std::string address = "http://" + std::string{call.request.header("host")};
  services.jars->list([reply, address](result<std::vector<stored_jar>> jars) {
    if (!jars)
      return reply(error_answer(jars.failure()));
    json files = json::array();
    for (const stored_jar& jar : *jars)
      files.push_back(jar_json(jar));
    reply(json_answer({{"address", address}, {"files", std::move(files)}}));
  });
}

void plan(const rest_services& services, const rest_call& call, const http_reply& reply) {
  auto body = json_body(call.request);
  if (!body)
    return reply(error_answer(body.failure()));
  auto request = read_plan_request({call.request, *std::move(body)});
  if (!request)
    return reply(error_answer(request.failure()));
  services.jars->plan(call.path.at("jarid"), *request, [reply](result<job_submission> planned) {
    reply(planned ? json_answer(plan_json(*(*planned).graph, (*planned).id))
                  : error_answer(planned.failure()));
  });
}

/// Library first, then the job that needs it.
void start(const rest_services& services, prepared_job job, const http_reply& reply) {
  std::string hash = job.submission.spec.library_hash;
  job_id id = job.submission.id;
  services.gateway.put_library(
      hash, std::move(job.library), id, [&services, reply, submission = job.submission](result<void> stored) {
        if (!stored)
          return reply(error_answer(stored.failure()));
        services.gateway.submit(submission, [reply](result<job_id> accepted) {
          reply(accepted ? json_answer({{"jobid", to_string(*accepted)}}) : error_answer(accepted.failure()));
        });
      });
}

void run(const rest_services& services, const rest_call& call, const http_reply& reply) {
  auto body = json_body(call.request);
  if (!body)
    return reply(error_answer(body.failure()));
  run_parameters given{call.request, *std::move(body)};
  auto request = read_plan_request(given);
  if (!request)
    return reply(error_answer(request.failure()));
  if (!given.text({"savepointPath"}).value_or("").empty())
    return reply(
        error_answer(400, "savepointPath is given, but this version cannot start a job from a savepoint."));
  auto id = given.job();
  if (!id)
    return reply(error_answer(id.failure()));
  job_id drawn = *id ? *id : job_id{services.draw_id()};
  services.jars->prepare(call.path.at("jarid"), *request,
                         [&services, reply, drawn](result<prepared_job> job) {
                           if (!job)
                             return reply(error_answer(job.failure()));
                           (*job).submission.id = drawn;
                           start(services, *std::move(job), reply);
                         });
}

} // namespace

void add_jar_handlers(rest_router& router, const rest_services& services) {
  router.add("GET", "/jars",
             [&services](const rest_call& call, const http_reply& reply) { list(services, call, reply); });
  router.add(
      "POST", "/jars/upload",
      [&services](rest_call call, const http_reply& reply) { upload(services, std::move(call), reply); },
      services.max_library_bytes);
  router.add("DELETE", "/jars/:jarid", [&services](const rest_call& call, const http_reply& reply) {
    services.jars->remove(call.path.at("jarid"), [reply](result<void> removed) {
      reply(removed ? json_answer(json::object()) : error_answer(removed.failure()));
    });
  });
  for (const char* method : {"GET", "POST"})
    router.add(method, "/jars/:jarid/plan",
               [&services](const rest_call& call, const http_reply& reply) { plan(services, call, reply); });
  router.add("POST", "/jars/:jarid/run",
             [&services](const rest_call& call, const http_reply& reply) { run(services, call, reply); });
}

} // namespace weir
