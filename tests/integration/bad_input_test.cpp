#include "mentions.hpp"
#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

#include <unistd.h>

using namespace weir::testing;

namespace {

outcome count_words_locally(const std::string& input, const std::string& output) {
  return weir::testing::weir(
      {"run", "--local", "-p", "2", built_example("word_count"), "--input=" + input, "--output=" + output});
}

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

} // namespace

TEST_CASE("input that is missing fails the job with its path") {
  temporary_folder folder;
  outcome done = count_words_locally(folder / "nowhere", folder / "out");
  CHECK(done.end == exit_state{1, 0});
  CHECK(mentions(done.errors, {folder / "nowhere"}));
}

TEST_CASE("a folder that may not be read fails the job with its path") {
  temporary_folder folder;
  folder.write("in/closed/text", "word\n");
  std::filesystem::permissions(folder / "in/closed", std::filesystem::perms::none);
  std::vector<std::string> command{
      built_program("weir"),       "run", "--local", built_example("word_count"), "--input=" + folder / "in",
      "--output=" + folder / "out"};
  if (::geteuid() == 0) // root reads everything, unless it gives that up
    command.insert(command.begin(), {"setpriv", "--bounding-set=-dac_override,-dac_read_search"});
  outcome done = run(command, 60s);
  CHECK(done.end == exit_state{1, 0});
  CHECK(mentions(done.errors, {folder / "in/closed", "ermission denied"}));
}

TEST_CASE("output that exists is refused and left as it is") {
  temporary_folder folder;
  folder.write("in", "word\n");
  REQUIRE(count_words_locally(folder / "in", folder / "out").succeeded());
  folder.write("in", "other\n");
  outcome again = count_words_locally(folder / "in", folder / "out");
  CHECK(again.end == exit_state{1, 0});
  CHECK(mentions(again.errors, {folder / "out"}));
  std::string written;
  for (const auto& part : std::filesystem::directory_iterator{folder / "out"})
    written += read_file(part.path());
  CHECK(written == "word\t1\n");
}

TEST_CASE("a parallelism of 0 or beyond the maximum is wrong usage") {
  temporary_folder folder;
  for (const char* parallelism : {"0", "-1", "32769", "99999999999999999999", "two"}) {
    INFO("parallelism ", parallelism);
    outcome done = weir::testing::weir({"run", "--local", "-p", parallelism, built_example("word_count"),
                                        "--input=" + folder.path().string(), "--output=" + folder / "out"});
    CHECK(done.end == exit_state{2, 0});
    CHECK(mentions(done.errors, {parallelism}));
  }
}

TEST_CASE("an operator that throws fails the job with the message as root cause, and the cluster takes the "
          "next job") {
  test_cluster cluster{{.workers = 1, .slots = 2}};
  outcome done =
      cluster.run({"-p", "2", "-c", "throws_at_record"}, built_test_job("test_jobs"), {"--at=500000"});
  CHECK(done.end == exit_state{1, 0});
  CHECK(mentions(done.errors, {"record 500000 is bad", "checked"}));
  wait_until("the release of the slots", [&] { return cluster.slots_free() == 2; });
  CHECK(cluster.run({"-p", "2", "-c", "throws_at_record"}, built_test_job("test_jobs"), {"--at=2000000"})
            .succeeded());
}

TEST_CASE("a job that lacks slots waits, says how many are missing, and fails after slot.request.timeout") {
  test_cluster cluster{{.workers = 1, .slots = 1, .configuration = {{"slot.request.timeout", "3 s"}}}};
  std::string job = cluster.submit({"-p", "3", "-c", "endless"}, built_test_job("test_jobs"), {});
  outcome status = weir::testing::weir({"status", "-m", cluster.rest_address(), job});
  REQUIRE_MESSAGE(status.succeeded(), status.text());
  CHECK(mentions(status.output, {"2 of 3 slots are missing"}));
  CHECK(cluster.slots_free() == 1);
  cluster.wait_for_job(job, "FAILED");
  CHECK(mentions(cluster.root_cause(job), {"slot.request.timeout", "2 of 3"}));
}

TEST_CASE("a job that lacks slots starts when a worker brings them") {
  test_cluster cluster{{.workers = 1, .slots = 2}};
  std::string job = cluster.submit({"-p", "4", "-c", "endless"}, built_test_job("test_jobs"), {});
  cluster.add_worker();
  cluster.wait_for_running_tasks(job);
  CHECK(cluster.slots_free() == 0);
}

TEST_CASE("a port in use ends a node with a sentence that names it") {
  test_cluster cluster{{.workers = 1}};
  outcome rest = run({built_program("weir-node"), "--role=master", "-D", "jobmanager.rpc.port=0", "-D",
                      "rest.port=" + port_of(cluster.rest_address())});
  CHECK(rest.end == exit_state{1, 0});
  CHECK(mentions(rest.errors, {"cannot listen", cluster.rest_address()}));
  outcome rpc = run({built_program("weir-node"), "--role=master", "-D", "rest.port=0", "-D",
                     "jobmanager.rpc.port=" + port_of(cluster.rpc_address())});
  CHECK(rpc.end == exit_state{1, 0});
  CHECK(mentions(rpc.errors, {"cannot listen", cluster.rpc_address()}));
  CHECK(cluster.master().running());
}

TEST_CASE("a command for a master that does not answer says which address it tried") {
  for (const char* command : {"list", "status", "cancel"}) {
    INFO(command);
    std::vector<std::string> arguments{command, "-m", "127.0.0.1:1", "-D", "client.timeout=1 s"};
    if (std::string_view{command} != "list")
      arguments.emplace_back(32, 'a');
    outcome done = weir::testing::weir(arguments);
    CHECK(done.end == exit_state{1, 0});
    CHECK(mentions(done.errors, {"127.0.0.1:1"}));
  }
}

TEST_CASE("a worker without a master keeps trying and says so, and registers once there is one") {
  std::string rpc_port;
  {
    test_cluster cluster{{.workers = 0}};
    rpc_port = port_of(cluster.rpc_address());
  }
  process worker{{built_program("weir-node"), "--role=worker", "--master=127.0.0.1:" + rpc_port}};
  worker.wait_for_error_line("127.0.0.1:" + rpc_port);
  CHECK(worker.running());
  test_cluster cluster{{.workers = 0, .configuration = {{"jobmanager.rpc.port", rpc_port}}}};
  worker.wait_for_line("weir-node worker ready");
  cluster.wait_for_workers(1);
  worker.signal(SIGTERM);
  CHECK(worker.wait() == exit_state{});
}

TEST_CASE("wrong usage of a program is told with exit status 2") {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"weir-node"}, {"weir-node", "--role=king"}, {"weir"}, {"weir", "fly"}, {"weir", "run"}}) {
    std::vector<std::string> command = arguments;
    command[0] = built_program(command[0]);
    outcome done = run(command);
    CAPTURE(done.text());
    CHECK(done.end == exit_state{2, 0});
    CHECK_FALSE(done.errors.empty());
  }
}

TEST_CASE("a configuration value of the wrong form ends a node with key, value and expected form") {
  outcome done = run(
      {built_program("weir-node"), "--role=master", "-D", "rest.port=0", "-D", "heartbeat.interval=soon"});
  CHECK_FALSE(done.succeeded());
  CHECK(mentions(done.errors, {"heartbeat.interval", "soon"}));
}

TEST_CASE("an unknown configuration key is a warning with the nearest known one") {
  process master{{built_program("weir-node"), "--role=master", "-D", "rest.port=0", "-D",
                  "jobmanager.rpc.port=0", "-D", "hartbeat.interval=2 s"}};
  master.wait_for_line("weir-node master ready");
  CHECK(mentions(master.errors(), {"hartbeat.interval", "heartbeat.interval"}));
}
