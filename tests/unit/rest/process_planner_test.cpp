#include "example_job.hpp"
#include "temporary_folder.hpp"

#include "rest/job_planner.hpp"
#include "rest/submission_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

using namespace weir;
using namespace weir::testing;
using namespace std::chrono_literals;

namespace {

/// A program that takes the place of `weir`.
struct planner_fixture {
  temporary_folder folder;
  std::unique_ptr<platform> system = make_system_platform();

  result<job_submission> plan(const std::string& script,
                              const plan_request& request = {"/l.so", "l.so", {}, {}, 0, {}},
                              std::chrono::milliseconds timeout = 30s) {
    std::string program = folder.write("weir", "#!/bin/sh\n" + script);
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return make_process_planner(system->clock(), {program, timeout})->plan(request, {});
  }

  static std::string submission_text() {
    job_submission made;
    made.graph = std::make_shared<const job_graph>(example_graph());
    made.spec = example_job().spec;
    made.spec.library_hash = std::string(64, 'a');
    made.spec.fingerprint = fingerprint(*made.graph);
    return submission_json(made).dump();
  }

  static std::string message(const result<job_submission>& planned) {
    return planned ? "" : planned.failure().message();
  }
};

} // namespace

TEST_CASE_FIXTURE(planner_fixture, "the graph that the program prints comes back") {
  folder.write("plan.json", submission_text());
  auto planned = plan("cat " + (folder / "plan.json"));
  REQUIRE_MESSAGE(planned, message(planned));
  CHECK(*(*planned).graph == example_graph());
  CHECK_FALSE((*planned).id);
}

TEST_CASE_FIXTURE(planner_fixture,
                  "the program is told all that was asked for, and the job's arguments last") {
  plan_request request{"/x/l.so", "l.so", "top", {"--n=1", "a b"}, 3, {{"pipeline.name", "p"}}};
  auto planned = plan(R"(printf '%s\n' "$@" >&2; exit 1)", request);
  REQUIRE_FALSE(planned);
  CHECK(message(planned) ==
        "build-graph\n--library-name=l.so\n--class=top\n--parallelism=3\n-D\npipeline.name=p\n"
        "/x/l.so\n--n=1\na b");
}

TEST_CASE_FIXTURE(planner_fixture, "whatever user code does wrong is the user's error, with its reason") {
  auto refused = plan("echo 'unknown argument --x' >&2; exit 1");
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code() == errc::invalid_argument);
  CHECK(message(refused) == "unknown argument --x");
  auto crashed = plan("kill -SEGV $$");
  REQUIRE_FALSE(crashed);
  CHECK(crashed.failure().code() == errc::invalid_argument);
  CHECK(message(crashed) == "The job function crashed: Segmentation fault");
  auto endless = plan("while :; do :; done", {"/l.so", "l.so", {}, {}, 0, {}}, 100ms);
  REQUIRE_FALSE(endless);
  CHECK(message(endless) == "The job function did not return within 100 ms (web.plan.timeout).");
}

TEST_CASE_FIXTURE(planner_fixture, "a program that prints anything else is not believed") {
  for (const char* script : {"true", "echo {}", "echo nonsense", "printf '\\377\\376'"}) {
    auto planned = plan(script);
    REQUIRE_FALSE(planned);
    CHECK(planned.failure().code() == errc::failed);
  }
}
