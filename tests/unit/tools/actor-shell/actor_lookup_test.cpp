#include "actor_lookup.hpp"

#include "example_cluster.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::tools::shell;
using namespace weir::testing;

namespace {

constexpr job_id other_id{{0x0123aaaaaaaaaaaa, 1}};

const std::string example = example_id_text;

struct lookup_fixture {
  example_cluster of;

  std::string found(const std::string& text) {
    auto name = find_actor(of, text);
    REQUIRE_MESSAGE(name, name.failure().message());
    return *name;
  }

  error refused(const std::string& text) {
    auto name = find_actor(of, text);
    REQUIRE_FALSE(name);
    return name.failure();
  }
};

bool mentions(const error& failure, std::string_view text) {
  return failure.message().find(text) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(lookup_fixture, "the actors that a cluster has one of are found by their names") {
  CHECK(found("dispatcher") == "dispatcher");
  CHECK(found("resource-manager") == "resource-manager");
}

TEST_CASE_FIXTURE(lookup_fixture, "a job is found by its id, the beginning of it and its name") {
  CHECK(found(example) == example);
  CHECK(found("0123") == example);
  CHECK(found("word count") == example);
}

TEST_CASE_FIXTURE(lookup_fixture, "a worker and a slot are found by the worker's id or the beginning of it") {
  CHECK(found("10.0.0.1:5001-aaaaaa") == "10.0.0.1:5001-aaaaaa");
  CHECK(found("10.0.0.2") == "10.0.0.2:5001-bbbbbb");
  CHECK(found("10.0.0.1:5001-aaaaaa/1") == "10.0.0.1:5001-aaaaaa/1");
  CHECK(found("10.0.0.2/0") == "10.0.0.2:5001-bbbbbb/0");
}

TEST_CASE_FIXTURE(lookup_fixture,
                  "a task is found by its name, the beginning of it, and its place in the graph") {
  CHECK(found("count -> write (2/2)") == example + "/v1/s1");
  CHECK(found("v1/s0") == example + "/v1/s0");
  CHECK(found("0123/v1/s0") == example + "/v1/s0");
  CHECK(found("word count/v0/s1") == example + "/v0/s1");
  CHECK(found(example + "/v1/s1/e3-1") == example + "/v1/s1/e3-1");
  error many = refused("count");
  CHECK(mentions(many,
                 example + "/v1/s0 (count -> write (1/2)) or " + example + "/v1/s1 (count -> write (2/2))"));
}

TEST_CASE_FIXTURE(lookup_fixture, "tasks of jobs that have not ended come before those of jobs that have") {
  of.add_job(other_id, "other", job_state::finished, started_wall_ms + 1);
  CHECK(found("v0/s0") == example + "/v0/s0");
  of.rest.cluster.job_list.erase(of.rest.cluster.job_list.begin());
  CHECK(found("v0/s0") == to_string(other_id) + "/v0/s0");
}

TEST_CASE_FIXTURE(lookup_fixture, "a task that several jobs have is refused with each of them") {
  of.add_job(other_id, "other", job_state::running, started_wall_ms + 1);
  error both = refused("v0/s0");
  CHECK(mentions(both, example + "/v0/s0"));
  CHECK(mentions(both, to_string(other_id) + "/v0/s0"));
  CHECK(mentions(refused("0123/v0/s0"), "(other, RUNNING)"));
  CHECK(found("other/v0/s0") == to_string(other_id) + "/v0/s0");
}

TEST_CASE_FIXTURE(lookup_fixture, "what could be a job or a worker is refused with both") {
  of.add_job(job_id{{0x1000000000000000, 1}}, "tens", job_state::running, started_wall_ms + 1);
  of.rest.cluster.worker_list[0].id = "1000:1-cccccc";
  error both = refused("1000");
  CHECK(mentions(both, "worker 1000:1-cccccc"));
  CHECK(mentions(both, "(tens, RUNNING)"));
}

TEST_CASE_FIXTURE(lookup_fixture, "what is nothing is refused with where to look") {
  for (const char* text : {"nothing", "v9/s0", "v0", "10.0.0.9/0", "/v0/s0x", "/"}) {
    CAPTURE(text);
    error failure = refused(text);
    CHECK(failure.code() == errc::not_found);
    CHECK(mentions(failure, "`jobs`, `tasks`, `nodes` and `slots` list what there is"));
  }
  CHECK(mentions(refused("nobody/v0/s0"), "There is no job 'nobody'"));
}

TEST_CASE_FIXTURE(lookup_fixture, "a master that does not answer is the error") {
  of.rest.cluster.failure = error{errc::unavailable, "no leader"};
  CHECK(mentions(refused("0123"), "no leader"));
}
