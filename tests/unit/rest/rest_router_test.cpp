#include "rest/rest_router.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace weir;

namespace {

struct router_fixture {
  rest_router router;

  router_fixture() {
    router.add("GET", "/jobs/overview", answer_with("overview"));
    router.add("GET", "/jobs/:jobid", [](const rest_call& call, const http_reply& reply) {
      reply({200, "text/plain", "job " + call.path.at("jobid")});
    });
    router.add("GET", "/jobs/:jobid/:part", answer_with("part"));
    router.add("GET", "/jobs/:jobid/plan", answer_with("plan"));
    router.add("PUT", "/blobs/:hash", answer_with("stored"), 1'000'000'000);
    router.add("GET", "/broken", [](const rest_call&, const http_reply&) { throw std::runtime_error{"oh"}; });
  }

  static rest_router::handler answer_with(std::string text) {
    return [text](const rest_call&, const http_reply& reply) { reply({200, "text/plain", text}); };
  }

  static http_request request(std::string_view method, std::string_view target) {
    http_request made;
    made.method = method;
    parse_target(target, made);
    return made;
  }

  http_response ask(std::string_view method, std::string_view target) {
    http_response got;
    router.route(request(method, target), [&](http_response response) { got = std::move(response); });
    return got;
  }
};

} // namespace

TEST_CASE_FIXTURE(router_fixture, "a literal segment wins over a named one, wherever it was added") {
  CHECK(ask("GET", "/jobs/overview").body == "overview");
  CHECK(ask("GET", "/jobs/17").body == "job 17");
  CHECK(ask("GET", "/jobs/17/plan").body == "plan");
  CHECK(ask("GET", "/jobs/17/other").body == "part");
}

TEST_CASE_FIXTURE(router_fixture, "every path also exists with /v1 in front") {
  CHECK(ask("GET", "/v1/jobs/17").body == "job 17");
  CHECK(ask("GET", "/v2/jobs/17").status == 404);
}

TEST_CASE_FIXTURE(router_fixture,
                  "an unknown path is 404 and an unknown method of a known path 405, as JSON") {
  CHECK(ask("GET", "/no/such").body == R"({"errors":["Not found: /no/such"]})");
  CHECK(ask("GET", "/").status == 404);
  http_response wrong = ask("DELETE", "/jobs/overview");
  CHECK(wrong.status == 405);
  CHECK(wrong.body == R"({"errors":["Method DELETE is not allowed for /jobs/overview"]})");
}

TEST_CASE_FIXTURE(router_fixture, "a handler that throws is answered with 500 and its reason") {
  http_response broken = ask("GET", "/broken");
  CHECK(broken.status == 500);
  CHECK(broken.body == R"({"errors":["Internal server error: oh"]})");
}

TEST_CASE_FIXTURE(router_fixture, "only the paths that take large bodies allow them") {
  CHECK(router.body_limit(request("PUT", "/v1/blobs/ab")) == 1'000'000'000);
  CHECK(router.body_limit(request("GET", "/blobs/ab")) == rest_router::small_body);
  CHECK(router.body_limit(request("PUT", "/no/such")) == rest_router::small_body);
}
