#include "example_job.hpp"
#include "memory_gateway.hpp"
#include "raw_connection.hpp"
#include "temporary_folder.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"
#include "rest/rest_server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace weir;
using namespace weir::testing;

namespace {

struct server_fixture {
  temporary_folder folder;
  std::unique_ptr<platform> system = make_system_platform();
  memory_gateway cluster;
  configuration settings;
  std::atomic<bool> shut_down = false;

  server_fixture() {
    settings.set(options::rest_port, 0);
    settings.set(options::web_upload_dir, folder / "uploads");
  }

  std::unique_ptr<rest_server> start() {
    auto server =
        start_rest_server(*system, settings, cluster, {"1a2b3c4", "/no/weir", [this] { shut_down = true; }});
    REQUIRE(server);
    return *std::move(server);
  }

  static std::string ask(const rest_server& server, const std::string& request,
                         const std::string& rest = "") {
    raw_connection client{server.address()};
    client.send(request + " HTTP/1.1\r\nConnection: close\r\n" + (rest.empty() ? "\r\n" : rest));
    return client.read_all();
  }
};

} // namespace

TEST_CASE_FIXTURE(server_fixture,
                  "the server listens on loopback, at the port it says, and serves the cluster") {
  cluster.worker_list = example_workers();
  auto server = start();
  CHECK(server->address().host == "127.0.0.1");
  CHECK(server->address().port != 0);
  CHECK(ask(*server, "GET /v1/overview").find(R"("taskmanagers":2)") != std::string::npos);
}

TEST_CASE_FIXTURE(server_fixture, "requests from many connections are answered, each with its own") {
  cluster.job_list = {example_job()};
  auto server = start();
  std::vector<std::thread> clients;
  std::atomic<int> right = 0;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        bool known = (i + round) % 2 == 0;
        std::string answer = ask(*server, known ? std::string{"GET /jobs/"} + example_id_text
                                                : "GET /jobs/" + std::string(31, '0') + "1");
        right += answer.starts_with(known ? "HTTP/1.1 200 " : "HTTP/1.1 404 ");
      }
    });
  for (auto& client : clients)
    client.join();
  CHECK(right == 160);
}

TEST_CASE_FIXTURE(server_fixture, "a small body only is taken where no library is expected") {
  settings.set(options::rest_max_content_length, {5'000'000});
  auto server = start();
  std::string hash(64, 'a');
  std::string upload = "PUT /libraries/" + hash + "?submission=" + example_id_text;
  CHECK(ask(*server, "PATCH /jobs/x", "Content-Length: 4000000\r\n\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(ask(*server, upload, "Content-Length: 6000000\r\n\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(ask(*server, upload, "Content-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'x'))
            .starts_with("HTTP/1.1 400 "));
}

TEST_CASE_FIXTURE(server_fixture, "DELETE /cluster is answered, and tells the program to end") {
  auto server = start();
  CHECK(ask(*server, "DELETE /cluster").starts_with("HTTP/1.1 200 "));
  CHECK(shut_down);
}

TEST_CASE_FIXTURE(server_fixture, "an upload that is no library is refused off the server's thread") {
  auto server = start();
  std::string form =
      "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.so\"\r\n\r\nnothing\r\n--B--\r\n";
  std::string answer =
      ask(*server, "POST /jars/upload",
          "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: " + std::to_string(form.size()) +
              "\r\n\r\n" + form);
  CHECK(answer.starts_with("HTTP/1.1 400 "));
  CHECK(answer.find("x.so is refused") != std::string::npos);
}

TEST_CASE_FIXTURE(server_fixture, "a second server on the same port says which address and key it is about") {
  auto server = start();
  settings.set(options::rest_port, server->address().port);
  auto second = start_rest_server(*system, settings, cluster, {});
  REQUIRE_FALSE(second);
  CHECK(second.failure().message() ==
        "cannot start the REST server (rest.bind-address, rest.port): cannot listen on " +
            to_string(server->address()) + ": Address already in use");
}
