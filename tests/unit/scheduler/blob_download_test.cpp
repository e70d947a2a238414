#include "scheduler/blob_download.hpp"

#include <doctest/doctest.h>

using namespace weir;

namespace {

blob_chunk chunk(std::uint64_t offset, std::uint64_t total, std::string bytes) {
  return {
      .session = {}, .hash = "h", .offset = offset, .total = total, .bytes = std::move(bytes), .failure = {}};
}

} // namespace

TEST_CASE("chunks in order make the blob") {
  blob_download download{"h", 100};
  CHECK(download.offset() == 0);
  auto first = download.on_chunk(chunk(0, 5, "abc"));
  REQUIRE(first);
  CHECK_FALSE(*first);
  CHECK(download.offset() == 3);
  auto second = download.on_chunk(chunk(3, 5, "de"));
  REQUIRE(second);
  CHECK(*second);
  CHECK(download.take() == "abcde");
}

TEST_CASE("what cannot be the next chunk ends the download") {
  blob_download download{"h", 100};
  REQUIRE(download.on_chunk(chunk(0, 10, "abc")));
  SUBCASE("a gap") {
    CHECK_FALSE(download.on_chunk(chunk(4, 10, "x")));
  }
  SUBCASE("a repetition") {
    CHECK_FALSE(download.on_chunk(chunk(0, 10, "abc")));
  }
  SUBCASE("beyond the end") {
    CHECK_FALSE(download.on_chunk(chunk(3, 10, "12345678")));
  }
  SUBCASE("a total below the offset") {
    CHECK_FALSE(download.on_chunk(chunk(3, 2, "1")));
  }
  SUBCASE("nothing") {
    CHECK_FALSE(download.on_chunk(chunk(3, 10, "")));
  }
}

TEST_CASE("a blob above the limit is refused before any of it is kept") {
  blob_download download{"h", 100};
  auto answer = download.on_chunk(chunk(0, 101, "abc"));
  REQUIRE_FALSE(answer);
  CHECK(answer.failure().message().find("rest.server.max-content-length") != std::string::npos);
  CHECK(download.offset() == 0);
}

TEST_CASE("the master's reason is passed on") {
  blob_download download{"h", 100};
  auto answer = download.on_chunk({.session = {}, .hash = "h", .bytes = {}, .failure = "no such library"});
  REQUIRE_FALSE(answer);
  CHECK(answer.failure().message().find("no such library") != std::string::npos);
}

TEST_CASE("an empty blob is complete at once") {
  blob_download download{"h", 100};
  auto answer = download.on_chunk(chunk(0, 0, ""));
  REQUIRE(answer);
  CHECK(*answer);
}
