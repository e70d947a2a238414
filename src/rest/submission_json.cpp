#include "rest/submission_json.hpp"

#include "rest/answers.hpp"
#include "wire/graph_codec.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

error bad_field(const std::string& field, const std::string& expected) {
  return error{errc::invalid_argument,
               "Request did not match expected format: " + field + " must be " + expected + "."};
}

std::string base64_of(const std::vector<char>& bytes) {
  return to_base64({bytes.data(), bytes.size()});
}

result<std::string> bytes_of(const json& body, const char* field) {
  auto text = body.find(field);
  if (text == body.end() || !text->is_string())
    return bad_field(field, "base64 text");
  auto bytes = from_base64(text->get_ref<const std::string&>());
  if (!bytes)
    return bad_field(field, "base64 text");
  return bytes;
}

error refused(const error& why, const char* what) {
  return error{errc::invalid_argument, why.wrap(std::string{what} + " is refused").message()};
}

} // namespace

json submission_json(const job_submission& submission) {
  json body{{"spec", base64_of(encode(submission.spec))}, {"graph", base64_of(encode(*submission.graph))}};
  if (submission.id)
    body["jobId"] = to_string(submission.id);
  return body;
}

result<job_submission> parse_submission(const json& body) {
  if (!body.is_object())
    return error{errc::invalid_argument, "Bad request received: the body is not a JSON object."};
  job_submission submission;
  if (auto id = body.find("jobId"); id != body.end()) {
    submission.id = job_id{parse_random_id(id->is_string() ? id->get<std::string>() : "")};
    if (!submission.id)
      return bad_field("jobId", "32 hexadecimal digits, not all of them 0");
  }
  auto spec_bytes = bytes_of(body, "spec");
  if (!spec_bytes)
    return spec_bytes.failure();
  auto graph_bytes = bytes_of(body, "graph");
  if (!graph_bytes)
    return graph_bytes.failure();
  auto spec = decode_job_spec(*spec_bytes);
  if (!spec)
    return refused(spec.failure(), "the job's specification");
  auto graph = decode_job_graph(*graph_bytes);
  if (!graph)
    return refused(graph.failure(), "the job graph");
  if (fingerprint(*graph) != (*spec).fingerprint)
    return error{errc::invalid_argument, "the job graph does not have the fingerprint that is stated for it"};
  submission.spec = *std::move(spec);
  submission.graph = std::make_shared<const job_graph>(*std::move(graph));
  return submission;
}

} // namespace weir
