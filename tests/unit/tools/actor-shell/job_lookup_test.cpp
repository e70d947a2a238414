#include "job_lookup.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace weir;
using namespace weir::tools::shell;

namespace {

const std::vector<known_job> some_jobs{{"aa00000000000000000000000000000f", "count", "RUNNING"},
                                       {"ab00000000000000000000000000000f", "sum", "CREATED"},
                                       {"ac00000000000000000000000000000f", "count", "FINISHED"},
                                       {"ba00000000000000000000000000000f", "old", "FAILED"},
                                       {"bb00000000000000000000000000000f", "old", "CANCELED"},
                                       {"bc00000000000000000000000000000f", "ba", "FINISHED"}};

std::string found(std::string_view text) {
  auto job = find_job(some_jobs, text);
  REQUIRE_MESSAGE(job, job.failure().message());
  return job->id.substr(0, 2);
}

error refused(std::string_view text) {
  auto job = find_job(some_jobs, text);
  REQUIRE_FALSE(job);
  return job.failure();
}

bool mentions(const error& failure, std::string_view text) {
  return failure.message().find(text) != std::string::npos;
}

} // namespace

TEST_CASE("a job is found by its id, by the beginning of it in any case, and by its name") {
  CHECK(found("aa00000000000000000000000000000f") == "aa");
  CHECK(found("ab") == "ab");
  CHECK(found("AB0") == "ab");
  CHECK(found("sum") == "ab");
}

TEST_CASE("of several jobs of one name the one that has not ended is meant") {
  CHECK(found("count") == "aa");
}

TEST_CASE("a beginning that several ids share is refused with the jobs that it could be") {
  error failure = refused("a");
  CHECK(failure.code() == errc::invalid_argument);
  CHECK(mentions(failure, "aa00000000000000000000000000000f (count, RUNNING), ab00"));
  CHECK(mentions(failure, " or ac00000000000000000000000000000f (count, FINISHED)"));
  CHECK_FALSE(mentions(failure, "ba00"));
}

TEST_CASE("a name that several ended jobs have is refused with these jobs") {
  error failure = refused("old");
  CHECK(mentions(failure, "ba00"));
  CHECK(mentions(failure, "bb00"));
}

TEST_CASE("a name that looks like the beginning of another job's id could be both") {
  error failure = refused("ba");
  CHECK(mentions(failure, "ba00"));
  CHECK(mentions(failure, "bc00"));
}

TEST_CASE("a job that does not exist is refused with a hint") {
  for (const char* text : {"zz", "", "aa00000000000000000000000000000e", "coun"}) {
    CAPTURE(text);
    error failure = refused(text);
    CHECK(failure.code() == errc::not_found);
    CHECK(mentions(failure, "`jobs` lists them"));
  }
}

TEST_CASE("an enumeration names the first few of many") {
  CHECK(enumeration({"a"}) == "a");
  CHECK(enumeration({"a", "b"}) == "a or b");
  CHECK(enumeration({"a", "b", "c"}) == "a, b or c");
  std::vector<std::string> many(11, "x");
  CHECK(enumeration(many) == "x, x, x, x, x, x, x, x or one of 3 more");
}
