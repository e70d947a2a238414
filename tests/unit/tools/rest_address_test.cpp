#include "rest_address.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::tools;

TEST_CASE("an address is a host and a port, and reads back as it was written") {
  for (const char* text :
       {"127.0.0.1:8081", "localhost:1", "master.example.org:65535", "[::1]:8081", "[fe80::1%eth0]:80"}) {
    CAPTURE(text);
    auto address = parse_rest_address(text);
    REQUIRE(address);
    CHECK(to_string(*address) == text);
  }
  CHECK(parse_rest_address("[::1]:8081")->host == "::1");
}

TEST_CASE("the address of the web page, as a browser shows it, is taken too") {
  CHECK(*parse_rest_address("http://10.0.0.1:8081/") == rest_address{"10.0.0.1", 8081});
  CHECK(*parse_rest_address("http://[::1]:80") == rest_address{"::1", 80});
}

TEST_CASE("what is no address is refused with what is wrong and what is expected") {
  auto refused = [](const char* text, const char* why) {
    CAPTURE(text);
    auto address = parse_rest_address(text);
    REQUIRE_FALSE(address);
    CHECK(address.failure().code() == errc::invalid_argument);
    CHECK(address.failure().message().find(why) != std::string::npos);
    CHECK(address.failure().message().find("HOST:PORT") != std::string::npos);
  };
  refused("", "the host is missing");
  refused(":8081", "the host is missing");
  refused("localhost", "the port is missing");
  refused("localhost:", "the port is missing");
  refused("[::1]", "the port is missing");
  refused("[::1]8081", "the port is missing");
  refused("localhost:http", "from 1 to 65535");
  refused("localhost:0", "from 1 to 65535");
  refused("localhost:65536", "from 1 to 65535");
  refused("localhost:-1", "from 1 to 65535");
  refused("localhost:80x", "from 1 to 65535");
  refused("localhost:99999999999999999999", "from 1 to 65535");
  refused("::1:8081", "stands in brackets");
  refused("[::1:8081", "not closed");
  refused("[localhost]:8081", "only IPv6");
  refused("my host:8081", "is no host");
  refused("host/path:8081", "is no host");
  refused("https://localhost:8081", "plain HTTP");
}
