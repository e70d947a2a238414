#include "rest/request_parser.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir;
using progress = request_parser::progress;

namespace {

struct parser_fixture {
  request_parser parser{
      {200, 5, [](const http_request& request) { return request.method == "PUT" ? 10u : 5u; }}};
  std::string unread;

  /// Gives all of `bytes`, `step` at a time, until the parser has something to say.
  progress feed(std::string bytes, std::size_t step = 1000) {
    unread += bytes;
    while (!unread.empty()) {
      std::size_t used = 0;
      progress now = parser.feed(std::string_view{unread}.substr(0, step), used);
      unread.erase(0, used);
      if (now != progress::more)
        return now;
    }
    return progress::more;
  }
};

} // namespace

TEST_CASE_FIXTURE(parser_fixture, "a request is the same however its bytes are cut") {
  for (std::size_t step : {1, 2, 3, 7, 1000}) {
    REQUIRE(feed("PUT /a/b?c=d HTTP/1.1\r\nHost: h\r\nX-One:  1\r\nX-one: 2\r\nContent-Length: 4\r\n\r\nbody",
                 step) == progress::complete);
    CHECK(parser.keep_alive());
    http_request request = parser.take();
    CHECK(request.method == "PUT");
    CHECK(request.path == std::vector<std::string>{"a", "b"});
    CHECK(request.parameter("c") == "d");
    CHECK(request.header("x-one") == "1, 2");
    CHECK(request.body == "body");
    CHECK(unread.empty());
    CHECK_FALSE(parser.in_request());
  }
}

TEST_CASE_FIXTURE(parser_fixture, "a second request behind the first one is left for later") {
  REQUIRE(feed("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n") == progress::complete);
  CHECK(parser.take().path == std::vector<std::string>{"1"});
  REQUIRE(feed("") == progress::complete);
  CHECK_FALSE(parser.keep_alive());
  CHECK(parser.take().path == std::vector<std::string>{"2"});
}

TEST_CASE_FIXTURE(parser_fixture, "a chunked body is put together") {
  REQUIRE(feed("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n",
               3) == progress::complete);
  CHECK(parser.take().body == "abcde");
}

TEST_CASE_FIXTURE(parser_fixture, "a body longer than allowed for its request is refused before it is read") {
  CHECK(feed("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n") == progress::failed);
  CHECK(parser.failure().status == 413);
}

TEST_CASE_FIXTURE(parser_fixture, "the allowed length depends on the request") {
  CHECK(feed("PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789") == progress::complete);
}

TEST_CASE_FIXTURE(parser_fixture, "a chunked body is refused once it is longer than allowed") {
  CHECK(feed("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n") ==
        progress::failed);
  CHECK(parser.failure().status == 413);
  CHECK(parser.body_size() <= 5);
}

TEST_CASE_FIXTURE(parser_fixture, "more header bytes than allowed are refused, wherever they stand") {
  SUBCASE("target") {
    CHECK(feed("GET /" + std::string(300, 'a')) == progress::failed);
  }
  SUBCASE("name") {
    CHECK(feed("GET / HTTP/1.1\r\n" + std::string(300, 'a')) == progress::failed);
  }
  SUBCASE("value") {
    CHECK(feed("GET / HTTP/1.1\r\na: " + std::string(300, 'a')) == progress::failed);
  }
  SUBCASE("many") {
    std::string many = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 6; ++i)
      many += "a: b\r\n";
    CHECK(feed(many) == progress::failed);
  }
  CHECK(parser.failure().status == 431);
}

TEST_CASE_FIXTURE(parser_fixture, "bytes that are not HTTP are refused and nothing is read after them") {
  for (std::string bytes :
       {std::string{"\x16\x03\x01\x02\x00\x01"}, std::string{"SSH-2.0-x\r\n"},
        std::string{"GET /\0 HTTP/1.1\r\n\r\n", 19}, std::string{"GET / HTTP/9.9\r\n\r\n"},
        std::string{"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"},
        std::string{"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"},
        std::string{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
        std::string{"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"}}) {
    parser_fixture fresh;
    CHECK_MESSAGE(fresh.feed(bytes) == progress::failed, bytes);
    CHECK(fresh.parser.failure().status == 400);
    std::size_t used = 0;
    CHECK(fresh.parser.feed("GET / HTTP/1.1\r\n\r\n", used) == progress::failed);
    CHECK(used == 0);
  }
}

TEST_CASE_FIXTURE(parser_fixture, "a peer that asks first is told when to send its body") {
  REQUIRE(feed("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n") ==
          progress::want_continue);
  CHECK(parser.in_body());
  REQUIRE(feed("abc") == progress::complete);
  CHECK(parser.take().body == "abc");
}

TEST_CASE_FIXTURE(parser_fixture, "a peer that asks first is refused before it sends too much") {
  CHECK(feed("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n") == progress::failed);
  CHECK(parser.failure().status == 413);
}

TEST_CASE_FIXTURE(parser_fixture, "HTTP/1.0 closes the connection unless the peer wants to keep it") {
  REQUIRE(feed("GET / HTTP/1.0\r\n\r\n") == progress::complete);
  CHECK_FALSE(parser.keep_alive());
  parser.take();
  REQUIRE(feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") == progress::complete);
  CHECK(parser.keep_alive());
}
