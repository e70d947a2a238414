#include "rest_client.hpp"

#include "canned_server.hpp"
#include "raw_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using namespace weir;
using namespace weir::tools;
using weir::testing::canned_answer;
using weir::testing::canned_request;
using weir::testing::canned_server;
using weir::testing::raw_server;

namespace {

rest_client client_of(const std::string& address, std::chrono::milliseconds timeout = 10s) {
  auto client = rest_client::at(address, timeout);
  REQUIRE(client);
  return *client;
}

/// What a client says of a server that gives `answer` to everything.
error refusal_of(canned_answer answer) {
  canned_server server{[&](const canned_request&) { return answer; }};
  auto reply = client_of(server.address()).get("/jobs");
  REQUIRE_FALSE(reply);
  return reply.failure();
}

bool mentions(const error& failure, std::string_view text) {
  return failure.message().find(text) != std::string::npos;
}

/// A port that nobody listens on: one that was just given back.
std::string free_address() {
  raw_server gone{std::nullopt};
  return gone.address();
}

} // namespace

TEST_CASE("an answer of the master comes with its status, its body and its JSON") {
  canned_server server{[](const canned_request&) { return canned_answer{202, R"({"jobid":"ab"})"}; }};
  auto reply = client_of(server.address()).get("/jobs");
  REQUIRE(reply);
  CHECK(reply->status == 202);
  CHECK(reply->body == R"({"jobid":"ab"})");
  CHECK(reply->parsed["jobid"] == "ab");
}

TEST_CASE("an answer without a body is a success without JSON") {
  canned_server server{[](const canned_request&) { return canned_answer{200, ""}; }};
  auto reply = client_of(server.address()).patch("/jobs/1");
  REQUIRE(reply);
  CHECK(reply->parsed.is_null());
}

TEST_CASE("every method reaches the server with its path, its body and the master's address") {
  std::optional<canned_request> seen;
  canned_server server{[&](const canned_request& request) {
    seen = request;
    return canned_answer{};
  }};
  rest_client client = client_of(server.address());
  REQUIRE(client.get("/inspect?name=a%2Fv0%2Fs0"));
  CHECK(seen->method == "GET");
  CHECK(seen->target == "/inspect?name=a%2Fv0%2Fs0");
  CHECK(seen->host == server.address());
  REQUIRE(client.post("/jobs", {{"a", 1}}));
  CHECK(seen->method == "POST");
  CHECK(seen->body == R"({"a":1})");
  REQUIRE(client.put("/x", {{"b", 2}}));
  CHECK(seen->method == "PUT");
  CHECK(seen->body == R"({"b":2})");
  REQUIRE(client.patch("/jobs/1?mode=cancel"));
  CHECK(seen->method == "PATCH");
  REQUIRE(client.del("/jars/1"));
  CHECK(seen->method == "DELETE");
  std::string bytes{"\0\x01\xff\r\n", 5};
  REQUIRE(client.put_bytes("/libraries/1", bytes));
  CHECK(seen->method == "PUT");
  CHECK(seen->body == bytes);
}

TEST_CASE("a body of many megabytes passes both ways") {
  std::string large(5'000'000, 'x');
  canned_server server{[&](const canned_request& request) {
    return canned_answer{200, '"' + request.body + '"'};
  }};
  auto reply = client_of(server.address()).put_bytes("/libraries/1", large);
  REQUIRE(reply);
  CHECK(reply->parsed == large);
}

TEST_CASE("a refusal is an error with the server's own texts, and its code follows from the status") {
  error two = refusal_of({404, R"({"errors":["Job 1 not found","ask for another"]})"});
  CHECK(two.message() == "Job 1 not found; ask for another");
  CHECK(two.code() == errc::not_found);
  CHECK(refusal_of({400, R"({"errors":["a"]})"}).code() == errc::invalid_argument);
  CHECK(refusal_of({413, R"({"errors":["a"]})"}).code() == errc::invalid_argument);
  CHECK(refusal_of({408, R"({"errors":["a"]})"}).code() == errc::timed_out);
  CHECK(refusal_of({409, R"({"errors":["a"]})"}).code() == errc::already_exists);
  CHECK(refusal_of({500, R"({"errors":["a"]})"}).code() == errc::failed);
  CHECK(refusal_of({503, R"({"errors":["a"]})"}).code() == errc::unavailable);
  CHECK(refusal_of({308, R"({"errors":["a"]})"}).code() == errc::failed);
}

TEST_CASE("a refusal without a text names the request and the status") {
  for (const char* body : {"", "{}", "[]", R"({"errors":"no list"})", R"({"errors":[]})",
                           R"({"errors":[1,null,""]})", "<html>"}) {
    CAPTURE(body);
    error failure = refusal_of({502, body});
    CHECK(mentions(failure, "GET /jobs"));
    CHECK(mentions(failure, "502"));
  }
}

TEST_CASE("an answer that is not JSON is an error that asks whether the address is right") {
  error failure = refusal_of({200, "<html>It works!</html>", "text/html"});
  CHECK(mentions(failure, "not JSON"));
  CHECK(mentions(failure, "REST address"));
}

TEST_CASE("a master that is not there is an error that names the address and says how to start one") {
  std::string address = free_address();
  auto reply = client_of(address).get("/jobs");
  REQUIRE_FALSE(reply);
  CHECK(reply.failure().code() == errc::unavailable);
  CHECK(mentions(reply.failure(), "No master answers at " + address));
  CHECK(mentions(reply.failure(), "weir cluster start"));
  CHECK(mentions(reply.failure(), "-m HOST:PORT"));
}

TEST_CASE("a host that does not exist is an error that names it") {
  auto reply = client_of("no-such-host.invalid:8081").get("/jobs");
  REQUIRE_FALSE(reply);
  CHECK(mentions(reply.failure(), "There is no host 'no-such-host.invalid'"));
}

TEST_CASE("a server that stays silent is an error once the timeout has passed") {
  raw_server silent{std::nullopt};
  auto reply = client_of(silent.address(), 50ms).get("/jobs");
  REQUIRE_FALSE(reply);
  CHECK(reply.failure().code() == errc::timed_out);
  CHECK(mentions(reply.failure(), "did not answer within 50 ms"));
}

TEST_CASE("a peer that does not speak HTTP is an error that points at the rpc port") {
  for (const char* answer : {"", "WEIR\x01\x02\x03", "HTTP/1.1 nonsense\r\n\r\n"}) {
    CAPTURE(answer);
    raw_server peer{answer};
    auto reply = client_of(peer.address()).get("/jobs");
    REQUIRE_FALSE(reply);
    CHECK(reply.failure().code() == errc::unavailable);
    CHECK(mentions(reply.failure(), "rpc port"));
  }
}

TEST_CASE("an answer that breaks off is an error and not half an answer") {
  raw_server peer{"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}"};
  auto reply = client_of(peer.address()).get("/jobs");
  REQUIRE_FALSE(reply);
  CHECK(reply.failure().code() == errc::unavailable);
}

TEST_CASE("a server that closes while a large body is sent is an error and does not end the program") {
  raw_server peer{""};
  // Servers of other tests have switched the signal off for the whole process.
  auto before = std::signal(SIGPIPE, SIG_DFL);
  auto reply = client_of(peer.address()).put_bytes("/libraries/1", std::string(20'000'000, 'x'));
  std::signal(SIGPIPE, before);
  CHECK_FALSE(reply);
}

TEST_CASE("only letters, digits and -._~ stay as they are in a URL") {
  CHECK(url_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(url_encoded("Source: lines (1/2)") == "Source%3A%20lines%20%281%2F2%29");
  CHECK(url_encoded("\xc3\xa4%+&") == "%C3%A4%25%2B%26");
}
