#include "scheduler/blob_index.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;
using put_answer = blob_index::put_answer;

namespace {

const job_id job_a = job_numbered(1), job_b = job_numbered(2);
const std::string library = std::string(64, 'a');

struct ten_minutes_kept {
  blob_index index{10min};
  time_point now{};

  void advance(std::chrono::milliseconds by) { now += by; }
  void upload(job_id by) {
    REQUIRE(index.on_put(library, by, now) == put_answer::write);
    index.on_written(library, 5, true, now);
    REQUIRE(index.on_put(library, by, now) == put_answer::stored);
  }
  bool sweep_takes_it() { return index.sweep(now) == std::vector{library}; }
};

} // namespace

TEST_CASE_FIXTURE(ten_minutes_kept, "a library is there once it is written") {
  CHECK_FALSE(index.has(library, job_a, now));
  CHECK(index.on_put(library, job_a, now) == put_answer::write);
  CHECK_FALSE(index.has(library, job_a, now));
  CHECK_FALSE(index.size_of(library));
  CHECK(index.on_put(library, job_b, now) == put_answer::wait);
  index.on_written(library, 5, true, now);
  CHECK(index.has(library, job_a, now));
  CHECK(index.size_of(library) == 5);
}

TEST_CASE_FIXTURE(ten_minutes_kept,
                  "a library that could not be written is not there and can be sent again") {
  CHECK(index.on_put(library, job_a, now) == put_answer::write);
  index.on_written(library, 5, false, now);
  CHECK_FALSE(index.has(library, job_a, now));
  CHECK(index.on_put(library, job_a, now) == put_answer::write);
}

TEST_CASE_FIXTURE(ten_minutes_kept, "a library that a job uses stays") {
  upload(job_a);
  CHECK(index.claim(library, job_a));
  advance(24h);
  CHECK_FALSE(sweep_takes_it());
  index.release(library, job_a, now);
  advance(10min - 1ms);
  CHECK_FALSE(sweep_takes_it());
  advance(1ms);
  CHECK(sweep_takes_it());
}

TEST_CASE_FIXTURE(ten_minutes_kept, "a library that two jobs use goes with neither alone") {
  upload(job_a);
  index.claim(library, job_a);
  index.claim(library, job_b);
  index.release(library, job_a, now);
  advance(24h);
  CHECK_FALSE(sweep_takes_it());
}

TEST_CASE_FIXTURE(ten_minutes_kept,
                  "who heard that a library is there can still submit when its job has ended") {
  upload(job_a);
  index.claim(library, job_a);
  index.release(library, job_a, now);
  advance(9min);
  CHECK(index.has(library, job_b, now));
  advance(9min);
  CHECK_FALSE(sweep_takes_it());
  CHECK(index.claim(library, job_b));
  advance(24h);
  CHECK_FALSE(sweep_takes_it());
}

TEST_CASE_FIXTURE(ten_minutes_kept, "a hold ends when nobody submits within the time to try again") {
  upload(job_a);
  advance(5min);
  CHECK(index.has(library, job_b, now));
  advance(10min);
  CHECK(sweep_takes_it());
}

TEST_CASE_FIXTURE(ten_minutes_kept, "a library that is to go is not there for anyone from then on") {
  upload(job_a);
  advance(10min);
  REQUIRE(sweep_takes_it());
  // Its file still exists: the answer must not depend on that.
  CHECK_FALSE(index.has(library, job_b, now));
  CHECK_FALSE(index.claim(library, job_b));
  CHECK_FALSE(index.size_of(library));
  CHECK(index.sweep(now).empty());
}

TEST_CASE_FIXTURE(ten_minutes_kept, "a library that comes again while its file goes is written after that") {
  upload(job_a);
  advance(10min);
  REQUIRE(sweep_takes_it());
  CHECK(index.on_put(library, job_b, now) == put_answer::wait);
  index.on_removed(library);
  CHECK(index.on_put(library, job_b, now) == put_answer::write);
}

TEST_CASE_FIXTURE(ten_minutes_kept, "a submission without its library is told so") {
  CHECK_FALSE(index.claim(library, job_a));
  CHECK(index.empty());
}

TEST_CASE_FIXTURE(ten_minutes_kept, "what an earlier master left is used, and goes when nobody asks for it") {
  index.on_found(library, 5, now);
  CHECK(index.size_of(library) == 5);
  advance(10min);
  CHECK(sweep_takes_it());
}
