#include "attached_run.hpp"

#include "canned_server.hpp"
#include "program_options.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdio>
#include <deque>
#include <map>
#include <string>

#include <fcntl.h>
#include <unistd.h>

using namespace weir;
using namespace weir::tools;
using nlohmann::json;
using weir::testing::canned_answer;
using weir::testing::canned_request;
using weir::testing::canned_server;
using weir::testing::temporary_folder;

namespace {

/// Sends one of this process's streams to a file until the end of the scope.
class captured_stream {
public:
  captured_stream(std::FILE* stream, const std::string& path) : stream_{stream} {
    std::fflush(stream_);
    kept_ = ::dup(::fileno(stream_));
    int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, ::fileno(stream_));
    ::close(file);
  }
  ~captured_stream() {
    std::fflush(stream_);
    ::dup2(kept_, ::fileno(stream_));
    ::close(kept_);
  }
  captured_stream(const captured_stream&) = delete;

private:
  std::FILE* stream_;
  int kept_;
};

struct followed {
  int code = -1;
  std::string output;
  std::string errors;
};

const std::string id(32, 'a');

/// Follows a job of a master that tells one of these states after the other, and then answers as `answers`
/// says, by path behind the job's own.
followed follow_states(std::deque<json> states, const std::map<std::string, canned_answer>& answers) {
  canned_server server{[&](const canned_request& request) {
    std::string path = request.target.substr(std::string{"/jobs/"}.size() + id.size());
    if (path.empty() && !states.empty()) {
      json state = states.front();
      states.pop_front();
      return canned_answer{200, state.dump()};
    }
    auto found = answers.find(path);
    return found == answers.end() ? canned_answer{404, R"({"errors":["not here"]})"} : found->second;
  }};
  temporary_folder folder;
  auto system = make_system_platform();
  configuration settings;
  auto master = rest_client::at(server.address());
  REQUIRE(master);
  followed seen;
  {
    captured_stream output{stdout, folder / "out"}, errors{stderr, folder / "err"};
    seen.code = follow_job({*system, settings, {}}, *master, id, false);
  }
  seen.output = weir::testing::read_file(folder / "out");
  seen.errors = weir::testing::read_file(folder / "err");
  return seen;
}

followed follow(const std::map<std::string, canned_answer>& answers) {
  return follow_states({}, answers);
}

canned_answer in_state(const std::string& state) {
  return {200, json{{"state", state}}.dump()};
}

} // namespace

TEST_CASE("the end of a job is told in the lines that scripts look for, with what it collected") {
  json results{{"counts", "YQkxCmIJMgo="}, {"raw", "/wo="}}; // "a\t1\nb\t2\n" and a byte that is not UTF-8
  json end{{"status", {{"id", "COMPLETED"}}},
           {"job-execution-result", {{"net-runtime", 42}, {"accumulator-results", results}}}};
  auto seen = follow({{"", in_state("FINISHED")}, {"/execution-result", {200, end.dump()}}});
  CHECK(seen.code == exit_done);
  CHECK(seen.output == "Job with JobID " + id +
                           " has finished.\n"
                           "Job Runtime: 42 ms\n"
                           "Accumulator Results:\n"
                           "- counts:\na\t1\nb\t2\n"
                           "- raw:\n\xff\n");
  CHECK(seen.errors.empty());
}

TEST_CASE("accumulators are told in a line each, before what the job collected") {
  json late{{"name", "late"}, {"type", "LongCounter"}, {"value", "42"}};
  json end{{"job-execution-result",
            {{"net-runtime", 42}, {"accumulator-results", {{"a", "eA=="}}}, {"user-accumulators", {late}}}}};
  auto seen = follow({{"", in_state("FINISHED")}, {"/execution-result", {200, end.dump()}}});
  CHECK(seen.output == "Job with JobID " + id +
                           " has finished.\n"
                           "Job Runtime: 42 ms\n"
                           "Accumulator Results:\n"
                           "- late (LongCounter): 42\n"
                           "- a:\nx\n");
}

TEST_CASE("a job that collected nothing has no results to show") {
  json end{{"job-execution-result", {{"net-runtime", 1}, {"accumulator-results", json::object()}}}};
  auto seen = follow({{"", in_state("FINISHED")}, {"/execution-result", {200, end.dump()}}});
  CHECK(seen.output == "Job with JobID " + id + " has finished.\nJob Runtime: 1 ms\n");
}

TEST_CASE("a job that failed is told with its cause, its task and its worker") {
  json failure{{"root-exception", "no more disk"},
               {"all-exceptions", {{{"task", "sink (1/2)"}, {"taskManagerId", "host:1-abc"}}}}};
  auto seen = follow({{"", in_state("FAILED")}, {"/exceptions", {200, failure.dump()}}});
  CHECK(seen.code == exit_failed);
  CHECK(seen.output.empty());
  CHECK(seen.errors == "weir: the job failed: no more disk\nIt failed in sink (1/2) on worker host:1-abc.\n");
}

TEST_CASE("each failure after which the job is restarted is told once, also when it runs again already") {
  auto look = [](const char* state, const char* failure, std::int64_t at) {
    return json{{"state", state}, {"newest-failure", failure}, {"newest-failure-time", at}};
  };
  auto seen = follow_states(
      {look("RUNNING", "", -1), look("RESTARTING", "worker a is lost", 10),
       look("RESTARTING", "worker a is lost", 10), look("RUNNING", "worker a is lost", 10),
       look("RUNNING", "worker a is lost", 99), look("FAILING", "out of cheese", 200)},
      {{"", in_state("FAILED")}, {"/exceptions", {200, R"({"root-exception":"out of cheese"})"}}});
  std::string told = "The job is restarted after a failure: worker a is lost\n";
  CHECK(seen.errors == told + told + "weir: the job failed: out of cheese\n");
}

TEST_CASE("a job that somebody else canceled is a failure") {
  auto seen = follow({{"", in_state("CANCELED")}});
  CHECK(seen.code == exit_failed);
  CHECK(seen.errors.find("canceled by somebody else") != std::string::npos);
}

TEST_CASE("a job that the master does not know any more is a failure that names it") {
  auto seen = follow({});
  CHECK(seen.code == exit_failed);
  CHECK(seen.errors.find(id) != std::string::npos);
}

TEST_CASE("answers that lack everything do not end the program") {
  auto seen = follow({{"", in_state("FINISHED")}, {"/execution-result", {200, "{}"}}});
  CHECK(seen.code == exit_done);
  seen = follow({{"", in_state("FAILED")}, {"/exceptions", {200, "{}"}}});
  CHECK(seen.code == exit_failed);
  CHECK(seen.errors.find("the job failed") != std::string::npos);
}
