#include "rest_cluster.hpp"

#include "../../rest/manual_clock.hpp"
#include "../canned_server.hpp"
#include "../raw_server.hpp"
#include "line_editor.hpp"
#include "signals.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace weir;
using namespace weir::tools;
using namespace weir::tools::shell;
using namespace weir::testing;
using namespace std::chrono_literals;

TEST_CASE("what the master answers is what a command gets") {
  canned_server server{[](const canned_request& request) {
    return canned_answer{200, R"({"path":")" + request.target + R"("})"};
  }};
  manual_clock clock;
  rest_cluster of{*rest_client::at(server.address()), clock};
  auto found = of.get("/jobs/overview");
  REQUIRE(found);
  CHECK((*found)["path"] == "/jobs/overview");
  CHECK(of.wall_ms() == clock.wall);
}

TEST_CASE("a master that is not there is the error that says how to start one") {
  std::string address;
  {
    raw_server gone{std::nullopt};
    address = gone.address();
  }
  manual_clock clock;
  rest_cluster of{*rest_client::at(address), clock};
  auto found = of.get("/jobs");
  REQUIRE_FALSE(found);
  CHECK(found.failure().message().find("weir cluster start") != std::string::npos);
}

TEST_CASE("an interrupt ends the wait for a master that stays silent") {
  raw_server silent{std::nullopt};
  manual_clock clock;
  rest_cluster of{*rest_client::at(silent.address(), 20s), clock};
  noted_signals signals; // the interrupt must find somebody who waits for it
  std::raise(SIGINT);
  auto found = of.get("/jobs");
  REQUIRE_FALSE(found);
  CHECK(found.failure().code() == errc::canceled);
  CHECK_FALSE(signals.take_interrupt());
}

TEST_CASE("noted signals arrive when somebody waits, and are told once") {
  noted_signals signals;
  CHECK(signals.wait(false, 0ms) == input::timed_out);
  std::raise(SIGINT);
  CHECK(signals.wait(false, std::nullopt) == input::signal);
  CHECK(signals.take_interrupt());
  CHECK_FALSE(signals.take_interrupt());
  std::raise(SIGWINCH);
  CHECK(signals.wait(false, std::nullopt) == input::signal);
  CHECK(signals.take_redraw());
  CHECK_FALSE(signals.take_redraw());
  CHECK_FALSE(signals.ended());
}

TEST_CASE("the history is where the XDG specification puts state") {
  CHECK(history_file("/state", "/home/me") == "/state/weir/actor-shell-history");
  CHECK(history_file(nullptr, "/home/me") == "/home/me/.local/state/weir/actor-shell-history");
  CHECK(history_file("", "/home/me") == "/home/me/.local/state/weir/actor-shell-history");
  CHECK(history_file("relative", "/home/me") == "/home/me/.local/state/weir/actor-shell-history");
  CHECK(history_file(nullptr, nullptr) == "");
  CHECK(history_file(nullptr, "") == "");
}
