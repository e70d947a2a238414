#include "rest/answers.hpp"
#include "rest/rest_services.hpp"
#include "rest/submission_json.hpp"

#include "base/hash.hpp"

#include <nlohmann/json.hpp>

namespace weir {
namespace {

using nlohmann::json;

/// A graph of a hundred thousand operators fits.
constexpr std::uint64_t submission_bytes_max = 32 * 1024 * 1024;

struct library_call {
  std::string hash;
  job_id submission;
};

result<library_call> read_library_call(const rest_call& call) {
  library_call read{call.path.at("sha256"), {}};
  if (!is_sha256_hex(read.hash))
    return error{
        errc::invalid_argument,
        "Bad request, could not parse parameters: a library is named by its SHA-256, in 64 lower-case "
        "hexadecimal digits."};
  read.submission = job_id{parse_random_id(call.request.parameter("submission").value_or(""))};
  if (!read.submission)
    return error{errc::invalid_argument,
                 "Bad request, could not parse parameters: the parameter submission must be "
                 "the id of the job that will use the library, 32 hexadecimal digits."};
  return read;
}

void find_library(const rest_services& services, const rest_call& call, const http_reply& reply) {
  auto wanted = read_library_call(call);
  if (!wanted)
    return reply(error_answer(wanted.failure()));
  services.gateway.has_library(
      (*wanted).hash, (*wanted).submission, [reply, hash = (*wanted).hash](result<bool> has) {
        if (!has)
          return reply(error_answer(has.failure()));
        if (!*has)
          return reply(error_answer(404, "Library " + hash + " is not in the store: upload it."));
        reply(json_answer({{"sha256", hash}}));
      });
}

void put_library(const rest_services& services, rest_call call, const http_reply& reply) {
  auto wanted = read_library_call(call);
  if (!wanted)
    return reply(error_answer(wanted.failure()));
  services.gateway.put_library(
      (*wanted).hash, std::move(call.request.body), (*wanted).submission,
      [reply, hash = (*wanted).hash](result<void> stored) {
        reply(stored ? json_answer({{"sha256", hash}}) : error_answer(stored.failure()));
      });
}

void submit(const rest_services& services, const rest_call& call, const http_reply& reply) {
  auto body = json_body(call.request);
  if (!body)
    return reply(error_answer(body.failure()));
  auto submission = parse_submission(*body);
  if (!submission)
    return reply(error_answer(submission.failure()));
  if (!(*submission).id)
    return reply(
        error_answer(400, "Request did not match expected format: jobId is missing. The client draws it, so "
                          "that it can safely send a submission again."));
  services.gateway.submit(*submission, [reply](result<job_id> accepted) {
    if (!accepted)
      return reply(error_answer(accepted.failure()));
    std::string id = to_string(*accepted);
    reply(json_answer({{"jobid", id}, {"jobUrl", "/jobs/" + id}}, 202));
  });
}

} // namespace

void add_submission_handlers(rest_router& router, const rest_services& services) {
  router.add("GET", "/libraries/:sha256", [&services](const rest_call& call, const http_reply& reply) {
    find_library(services, call, reply);
  });
  router.add(
      "PUT", "/libraries/:sha256",
      [&services](rest_call call, const http_reply& reply) { put_library(services, std::move(call), reply); },
      services.max_library_bytes);
  router.add(
      "POST", "/jobs",
      [&services](const rest_call& call, const http_reply& reply) { submit(services, call, reply); },
      submission_bytes_max);
}

} // namespace weir
