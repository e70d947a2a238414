#include "raw_connection.hpp"

#include "base/log.hpp"
#include "rest/http_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace weir;
using namespace weir::testing;
using namespace std::chrono_literals;

namespace {

/// The lines that are logged while it lives.
class captured_log {
public:
  captured_log() {
    log::set_writer([this](std::string_view line) {
      std::lock_guard lock{mutex_};
      lines_.emplace_back(line);
    });
  }
  ~captured_log() { log::set_writer({}); }

  std::size_t count(std::string_view part) {
    std::lock_guard lock{mutex_};
    return static_cast<std::size_t>(std::ranges::count_if(
        lines_, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
  }

private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// A server that echoes bodies, and keeps the replies of /wait until they are released.
class echo_server {
public:
  explicit echo_server(http_server_settings settings = {}) {
    auto made = make_http_server(settings, system_->clock());
    REQUIRE(made);
    server_ = *std::move(made);
    server_->start(
        {[](const http_request& request) { return request.method == "PUT" ? 10'000'000u : 100u; },
         [this](http_request request, http_reply reply) { handle(std::move(request), std::move(reply)); }});
  }

  [[nodiscard]] const node_address& address() const { return server_->address(); }
  http_server& server() { return *server_; }

  http_reply take_waiting() {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, 10s, [&] { return !waiting_.empty(); }));
    http_reply reply = std::move(waiting_.back());
    waiting_.pop_back();
    return reply;
  }

  /// Whether a healthy client is served.
  bool serves() {
    raw_connection client{address()};
    client.send("GET /a HTTP/1.1\r\nConnection: close\r\n\r\n");
    return client.read_all().starts_with("HTTP/1.1 200 OK\r\n");
  }

private:
  void handle(http_request request, http_reply reply) {
    if (request.path == std::vector<std::string>{"wait"}) {
      std::lock_guard lock{mutex_};
      waiting_.push_back(std::move(reply));
      changed_.notify_all();
      return;
    }
    std::string text =
        request.method + " " + (request.path.empty() ? "" : request.path[0]) + " " + request.body;
    if (request.path == std::vector<std::string>{"large"})
      text = std::string(20'000'000, 'x');
    reply({200, "text/plain", std::move(text)});
  }

  std::unique_ptr<platform> system_ = make_system_platform();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<http_reply> waiting_;
  std::unique_ptr<http_server> server_;
};

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

http_server_settings impatient() {
  http_server_settings settings;
  settings.idle_timeout = 100ms;
  settings.body_rate_min = 1'000'000;
  settings.answer_timeout = 100ms;
  return settings;
}

} // namespace

TEST_CASE("requests on one connection are answered in their order") {
  echo_server server;
  raw_connection client{server.address()};
  client.send("GET /a HTTP/1.1\r\n\r\nPUT /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /c HTTP/1.1\r\n\r\n");
  CHECK(body_of(client.read_answer()) == "GET a ");
  CHECK(body_of(client.read_answer()) == "PUT b hi");
  CHECK(body_of(client.read_answer()) == "GET c ");
}

TEST_CASE("a request may come byte by byte") {
  echo_server server;
  raw_connection client{server.address()};
  for (char c : std::string{"PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"})
    client.send({&c, 1});
  CHECK(body_of(client.read_answer()) == "PUT a abc");
}

TEST_CASE("a large body is taken after the client asked for leave") {
  echo_server server;
  raw_connection client{server.address()};
  client.send("PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  std::string body(5'000'000, 'b');
  CHECK(client.send(body));
  CHECK(body_of(client.read_answer()) == "PUT a " + body);
}

TEST_CASE("HEAD gives the headers of GET alone") {
  echo_server server;
  raw_connection client{server.address()};
  client.send("HEAD /a HTTP/1.1\r\nConnection: close\r\n\r\n");
  std::string answer = client.read_all();
  CHECK(answer.find("Content-Length: 6\r\n") != std::string::npos);
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("a reply may come from another thread, later") {
  echo_server server;
  raw_connection client{server.address()};
  client.send("GET /wait HTTP/1.1\r\n\r\n");
  std::thread{[reply = server.take_waiting()] { reply({202, "text/plain", "late"}); }}.join();
  std::string answer = client.read_answer();
  CHECK(answer.starts_with("HTTP/1.1 202 Accepted\r\n"));
  CHECK(body_of(answer) == "late");
}

TEST_CASE("a reply after the client or the server has gone does nothing") {
  http_reply to_closed;
  http_reply to_stopped;
  {
    echo_server server;
    {
      raw_connection client{server.address()};
      client.send("GET /wait HTTP/1.1\r\n\r\n");
      to_closed = server.take_waiting();
    }
    to_closed({});
    CHECK(server.serves());
    raw_connection client{server.address()};
    client.send("GET /wait HTTP/1.1\r\n\r\n");
    to_stopped = server.take_waiting();
    server.server().stop();
    CHECK(client.read_all().empty());
  }
  to_stopped({});
}

TEST_CASE("a second reply to a request is ignored") {
  echo_server server;
  raw_connection client{server.address()};
  client.send("GET /wait HTTP/1.1\r\n\r\n");
  http_reply reply = server.take_waiting();
  reply({200, "text/plain", "one"});
  reply({200, "text/plain", "two"});
  CHECK(body_of(client.read_answer()) == "one");
  client.send("GET /wait HTTP/1.1\r\n\r\n");
  http_reply next = server.take_waiting();
  reply({200, "text/plain", "three"});
  next({200, "text/plain", "four"});
  CHECK(body_of(client.read_answer()) == "four");
}

TEST_CASE("bytes that are not HTTP get a 400 as JSON, one log line with the peer, and the end") {
  captured_log log;
  echo_server server;
  for (std::string bytes :
       {std::string{"\x16\x03\x01\x02\x00\x01\x00", 7}, std::string{"hello\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"}, std::string(1000, '\0')}) {
    std::size_t before = log.count("bad request");
    raw_connection client{server.address()};
    client.send(bytes);
    std::string answer = client.read_all();
    CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(body_of(answer).starts_with(R"({"errors":[)"));
    CHECK(log.count("bad request") == before + 1);
  }
  CHECK(log.count("peer=127.0.0.1:") + log.count("peer=\"127.0.0.1:") == log.count("bad request"));
  CHECK(server.serves());
}

TEST_CASE("random bytes and random changes of a request harm nobody else") {
  captured_log log;
  http_server_settings settings;
  settings.idle_timeout = 200ms;
  echo_server server{settings};
  std::mt19937 random{7};
  const std::string good = "PUT /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  for (int round = 0; round < 200; ++round) {
    std::string bytes = good;
    for (unsigned i = random() % 8 + 1; i > 0; --i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 4 == 0)
      for (char& c : bytes)
        c = static_cast<char>(random());
    raw_connection client{server.address()};
    client.send(bytes);
    client.end_sending();
    std::string answer = client.read_all();
    bool sane = answer.empty() || answer.starts_with("HTTP/1.1 ");
    CHECK(sane);
  }
  CHECK(server.serves());
}

TEST_CASE("headers without end are refused") {
  captured_log log;
  echo_server server;
  raw_connection client{server.address()};
  client.send("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 1000; ++i)
    client.send("x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
  CHECK(client.read_all().starts_with("HTTP/1.1 431 "));
  CHECK(server.serves());
}

TEST_CASE("a body longer than its path allows is refused before it is sent") {
  captured_log log;
  echo_server server;
  raw_connection client{server.address()};
  client.send("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n");
  CHECK(client.read_all().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("all bodies together are limited") {
  captured_log log;
  http_server_settings settings;
  settings.buffered_bytes_max = 1'000'000;
  echo_server server{settings};
  raw_connection first{server.address()};
  first.send("PUT /wait HTTP/1.1\r\nContent-Length: 600000\r\n\r\n" + std::string(600'000, 'a'));
  http_reply reply = server.take_waiting();
  raw_connection second{server.address()};
  second.send("PUT /a HTTP/1.1\r\nContent-Length: 600000\r\n\r\n" + std::string(600'000, 'b'));
  CHECK(second.read_all().starts_with("HTTP/1.1 503 "));
  reply({});
  CHECK(first.read_answer().starts_with("HTTP/1.1 200 "));
  raw_connection third{server.address()};
  third.send("PUT /a HTTP/1.1\r\nContent-Length: 600000\r\n\r\n" + std::string(600'000, 'c'));
  CHECK(third.read_answer().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a peer that does not finish its headers is told so and closed") {
  captured_log log;
  echo_server server{impatient()};
  raw_connection client{server.address()};
  client.send("GET / HTTP/1.1\r\nHos");
  CHECK(client.read_all().starts_with("HTTP/1.1 408 "));
}

TEST_CASE("a peer that drips its headers gains no time") {
  captured_log log;
  echo_server server{impatient()};
  raw_connection client{server.address()};
  client.send("GET / HTTP/1.1\r\n");
  auto begin = std::chrono::steady_clock::now();
  while (client.send("a: b\r\n") && std::chrono::steady_clock::now() - begin < 10s)
    std::this_thread::yield();
  bool in_time = std::chrono::steady_clock::now() - begin < 5s;
  CHECK(in_time);
}

TEST_CASE("a peer that sends its body below the least rate is closed") {
  captured_log log;
  echo_server server{impatient()};
  raw_connection client{server.address()};
  client.send("PUT / HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n0123456789");
  CHECK(client.read_all().starts_with("HTTP/1.1 408 "));
}

TEST_CASE("a peer that is silent between requests is closed without a word") {
  captured_log log;
  echo_server server{impatient()};
  raw_connection client{server.address()};
  client.send("GET /a HTTP/1.1\r\n\r\n");
  CHECK(client.read_answer().starts_with("HTTP/1.1 200 "));
  CHECK(client.read_all().empty());
  CHECK(log.count("warn") == 0);
}

TEST_CASE("a peer that does not take its answer is closed") {
  captured_log log;
  echo_server server{impatient()};
  raw_connection client{server.address()};
  client.send("GET /large HTTP/1.1\r\n\r\n");
  while (log.count("does not take its answer") == 0)
    CHECK(server.serves());
}

TEST_CASE("a request that nobody answers ends with 503") {
  captured_log log;
  echo_server server{impatient()};
  raw_connection client{server.address()};
  client.send("GET /wait HTTP/1.1\r\n\r\n");
  CHECK(client.read_all().starts_with("HTTP/1.1 503 "));
}

TEST_CASE("when all connections are taken, the one that waited longest makes room") {
  captured_log log;
  http_server_settings settings;
  settings.connections_max = 3;
  echo_server server{settings};
  raw_connection slow{server.address()};
  slow.send("GET / HTTP/1.1\r\n");
  std::vector<std::unique_ptr<raw_connection>> idle;
  for (int i = 0; i < 2; ++i) {
    idle.push_back(std::make_unique<raw_connection>(server.address()));
    idle.back()->send("GET /a HTTP/1.1\r\n\r\n");
    idle.back()->read_answer();
  }
  CHECK(server.serves());
  CHECK(slow.read_all().empty());
  idle.back()->send("GET /b HTTP/1.1\r\n\r\n");
  CHECK(body_of(idle.back()->read_answer()) == "GET b ");
}

TEST_CASE("a connection whose request is being handled is never closed to make room") {
  captured_log log;
  http_server_settings settings;
  settings.connections_max = 1;
  echo_server server{settings};
  raw_connection client{server.address()};
  client.send("GET /wait HTTP/1.1\r\n\r\n");
  http_reply reply = server.take_waiting();
  raw_connection refused{server.address()};
  CHECK(refused.read_all().empty());
  CHECK(log.count("connection refused") == 1);
  reply({200, "text/plain", "mine"});
  CHECK(body_of(client.read_answer()) == "mine");
}

TEST_CASE("a port in use is an error that names the address") {
  echo_server server;
  auto system = make_system_platform();
  http_server_settings settings;
  settings.bind = server.address();
  auto second = make_http_server(settings, system->clock());
  REQUIRE_FALSE(second);
  CHECK(second.failure().message() ==
        "cannot listen on " + to_string(server.address()) + ": Address already in use");
}

TEST_CASE("a hundred bad peers a second do not write a hundred log lines") {
  captured_log log;
  echo_server server;
  for (int i = 0; i < 100; ++i) {
    raw_connection client{server.address()};
    client.send("nonsense\r\n\r\n");
    client.read_all();
  }
  CHECK(log.count("bad request") < 60);
  CHECK(server.serves());
}

TEST_CASE("an answer that is on its way when the server stops still arrives") {
  captured_log log;
  echo_server server;
  raw_connection client{server.address()};
  client.send("GET /wait HTTP/1.1\r\n\r\n");
  http_reply reply = server.take_waiting();
  std::thread stopping{[&] { server.server().stop(); }};
  reply({200, "text/plain", "bye"});
  CHECK(body_of(client.read_all()) == "bye");
  stopping.join();
}
