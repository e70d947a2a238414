#include "submission.hpp"

#include "canned_server.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::tools;
using weir::testing::canned_answer;
using weir::testing::canned_request;
using weir::testing::canned_server;

namespace {

built_job some_job() {
  built_job job;
  job.library = std::string{"\177ELF\0bytes", 10};
  job.submission.id = job_id{random_id{1, 2}};
  job.submission.spec.library_hash = std::string(64, 'b');
  job.submission.graph = std::make_shared<const job_graph>();
  return job;
}

/// Submits to a master, and notes the requests by method.
struct submitting {
  std::vector<std::string> methods;
  std::string uploaded;

  result<void> to(const std::function<canned_answer(const canned_request&)>& answer) {
    canned_server server{[&](const canned_request& request) {
      methods.push_back(request.method);
      if (request.method == "PUT")
        uploaded = request.body;
      return answer(request);
    }};
    auto master = rest_client::at(server.address());
    REQUIRE(master);
    return submit_job(*master, some_job());
  }
};

const canned_answer done{200, "{}"};
const canned_answer missing{404, R"({"errors":["upload it"]})"};

} // namespace

TEST_CASE("a library that the master has is not sent again") {
  submitting submission;
  CHECK(submission.to([](const canned_request&) { return done; }));
  CHECK(submission.methods == std::vector<std::string>{"GET", "POST"});
}

TEST_CASE("a library that the master lacks is sent before the job, byte for byte") {
  submitting submission;
  CHECK(
      submission.to([](const canned_request& request) { return request.method == "GET" ? missing : done; }));
  CHECK(submission.methods == std::vector<std::string>{"GET", "PUT", "POST"});
  CHECK(submission.uploaded == some_job().library);
}

TEST_CASE("a library that was dropped between the upload and the job is sent again") {
  submitting submission;
  int posts = 0;
  CHECK(submission.to([&](const canned_request& request) {
    if (request.method == "POST")
      return ++posts == 1 ? missing : done;
    return request.method == "GET" ? missing : done;
  }));
  CHECK(submission.methods == std::vector<std::string>{"GET", "PUT", "POST", "GET", "PUT", "POST"});
}

TEST_CASE("a job that the master refuses is not tried again") {
  submitting submission;
  auto refused = submission.to([](const canned_request& request) {
    return request.method == "POST" ? canned_answer{400, R"({"errors":["a bad graph"]})"} : done;
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().message() == "a bad graph");
  CHECK(submission.methods == std::vector<std::string>{"GET", "POST"});
}

TEST_CASE("a master that never takes the job ends the tries") {
  submitting submission;
  auto refused = submission.to([](const canned_request& request) {
    return request.method == "POST" ? canned_answer{503, R"({"errors":["no leader"]})"} : done;
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().message() == "no leader");
  CHECK(submission.methods.size() == 6);
}
