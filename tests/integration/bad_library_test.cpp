#include "mentions.hpp"
#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace weir::testing;

namespace {

/// Runs a library with a cluster that is there to be harmed, and returns what the program said.
struct library_runner {
  test_cluster cluster{{.workers = 1, .slots = 1}};
  temporary_folder folder;

  /// What `weir run` says to a library it must refuse.
  std::string refusal(const std::string& library, const std::vector<std::string>& options = {},
                      const std::vector<std::string>& arguments = {}) {
    outcome done = cluster.run(options, library, arguments);
    CHECK_FALSE_MESSAGE(done.succeeded(), done.text());
    CHECK_MESSAGE(done.end.signal == 0, done.text());
    return done.errors;
  }

  /// The cluster goes on as if nothing had happened.
  ~library_runner() {
    CHECK(cluster.master().running());
    CHECK(cluster.worker(0).running());
    folder.write("in", "one\n");
    outcome done = cluster.run({}, built_example("word_count"),
                               {"--input=" + folder / "in", "--output=" + folder / "out"});
    CHECK_MESSAGE(done.succeeded(), done.text());
  }
};

} // namespace

TEST_CASE_FIXTURE(library_runner, "a library that is not there is named") {
  CHECK(mentions(refusal(folder / "missing.so"), {"missing.so"}));
}

TEST_CASE_FIXTURE(library_runner, "a file that is no library is refused") {
  CHECK(
      mentions(refusal(folder.write("notes.so", "these are no instructions")), {"notes.so", "job library"}));
}

TEST_CASE_FIXTURE(library_runner, "a library without jobs is refused") {
  CHECK(mentions(refusal(built_file("src/libweir.so")), {"libweir.so", "WEIR_JOB"}));
}

TEST_CASE_FIXTURE(library_runner, "a truncated library is refused") {
  std::string whole = read_file(built_example("word_count"));
  for (std::size_t size :
       {std::size_t{0}, std::size_t{40}, whole.size() / 10, whole.size() / 2, whole.size() - 1'000}) {
    CAPTURE(size);
    CHECK(mentions(refusal(folder.write("cut.so", std::string_view{whole}.substr(0, size))), {"cut.so"}));
  }
}

TEST_CASE_FIXTURE(library_runner, "a library for another ABI is refused before any of its code runs") {
  std::string bytes = read_file(built_example("word_count"));
  constexpr std::string_view abi = "weir-abi ";
  std::size_t at = bytes.find(abi);
  REQUIRE(at != std::string::npos);
  for (; at != std::string::npos; at = bytes.find(abi, at + 1))
    bytes[at + abi.size()] = '9';
  CHECK(mentions(refusal(folder.write("old.so", bytes)), {"old.so", "weir-abi 9", "weir compile"}));
}

TEST_CASE_FIXTURE(library_runner, "a job function that throws is refused with its message") {
  CHECK(mentions(refusal(built_test_job("test_jobs"), {"-c", "throws_in_job_function"}),
                 {"throws_in_job_function", "no graph today"}));
}

TEST_CASE_FIXTURE(
    library_runner,
    "a job function that builds another graph on the worker fails the job with a cause that says so") {
  std::string said = refusal(built_test_job("test_jobs"), {"-c", "differs_on_worker"});
  CHECK(mentions(said, {"different graph on the worker", "must depend on nothing but its arguments"}));
}

TEST_CASE_FIXTURE(library_runner, "a library with several jobs asks which one") {
  CHECK(mentions(refusal(built_test_job("test_jobs")), {"-c", "slow_sink", "copy_lines"}));
  CHECK(mentions(refusal(built_test_job("test_jobs"), {"-c", "slow_snik"}), {"slow_snik", "slow_sink"}));
}

TEST_CASE_FIXTURE(library_runner, "an unknown argument is refused with the list of known ones") {
  std::string input = folder.write("input.txt", "a\n");
  CHECK(mentions(refusal(built_example("word_count"), {}, {"--input=" + input, "--ouptut=x"}), {"output"}));
  CHECK(mentions(refusal(built_example("word_count"), {},
                         {"--input=" + input, "--output=" + folder / "o", "--colour=red"}),
                 {"colour", "input", "output"}));
}
