#include "cluster_folder.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

using namespace weir;
using namespace weir::tools;
using weir::testing::temporary_folder;

namespace {

struct folder_fixture {
  temporary_folder place;
  std::unique_ptr<platform> system = make_system_platform();
  cluster_folder folder{*system, place / "cluster"};

  void write_output(const std::string& node, const std::string& text) {
    place.write("cluster/logs/" + node + ".out", text);
  }

  void add(const std::string& name, node_process process) {
    REQUIRE(system->files().create_folders(folder.path()));
    REQUIRE(folder.remember({name, process}));
  }
};

} // namespace

TEST_CASE_FIXTURE(folder_fixture, "a folder that is not there has no nodes, and says how to start some") {
  CHECK(folder.nodes().empty());
  auto address = folder.rest_address();
  REQUIRE_FALSE(address);
  CHECK(address.failure().message().find("weir cluster start --dir " + folder.path()) != std::string::npos);
}

TEST_CASE_FIXTURE(folder_fixture, "nodes come back with the master first and the workers by number") {
  for (const char* name : {"worker-10", "worker-2", "master", "worker-1"})
    add(name, {1234, 99});
  std::string order;
  for (const cluster_node& node : folder.nodes()) {
    order += node.name + ' ';
    CHECK(node.process == node_process{1234, 99});
  }
  CHECK(order == "master worker-1 worker-2 worker-10 ");
  REQUIRE(folder.forget("worker-2"));
  CHECK(folder.nodes().size() == 3);
}

TEST_CASE_FIXTURE(folder_fixture, "a file that is no pid file is no node") {
  place.write("cluster/master.pid", "what?\n");
  place.write("cluster/worker-1.pid", "");
  place.write("cluster/worker-2.pid", "0 0\n");
  place.write("cluster/notes.txt", "12 34\n");
  CHECK(folder.nodes().empty());
}

TEST_CASE_FIXTURE(folder_fixture, "a node is ready once its line is complete, whatever its jobs print") {
  CHECK_FALSE(folder.ready_line("master"));
  write_output("master", "weir-node master ready rest=127.0.0.1:1 rp");
  CHECK_FALSE(folder.ready_line("master"));
  write_output("master", "weir-node master ready rest=127.0.0.1:1 rpc=127.0.0.1:2\nmore\n");
  CHECK(folder.ready_line("master") == "weir-node master ready rest=127.0.0.1:1 rpc=127.0.0.1:2");
  write_output("worker-1", "printed\nweir-node worker ready id=x slots=2\n");
  CHECK(folder.ready_line("worker-1") == "weir-node worker ready id=x slots=2");
}

TEST_CASE_FIXTURE(folder_fixture, "the address is known while the master's process lives, and no longer") {
  write_output("master", "weir-node master ready rest=127.0.0.1:1 rpc=127.0.0.1:2\n");
  add("master", {1, 0}); // process 1 lives, but it did not start at time 0
  CHECK_FALSE(folder.rest_address());
}

TEST_CASE_FIXTURE(folder_fixture, "a lock keeps another one out until it is gone") {
  REQUIRE(system->files().create_folders(folder.path()));
  {
    auto lock = folder_lock::take(folder);
    REQUIRE(lock);
    CHECK_FALSE(folder_lock::take(folder));
  }
  CHECK(folder_lock::take(folder));
}

TEST_CASE("a field of a ready line is found by its whole name") {
  std::string line = "weir-node worker ready id=a:1-b data=a:1 slots=2";
  CHECK(ready_field(line, "id") == "a:1-b");
  CHECK(ready_field(line, "slots") == "2");
  CHECK(ready_field(line, "lots").empty());
  CHECK(ready_field(line, "rest").empty());
}

TEST_CASE("the name of a program may hold anything without misleading the reader of its state") {
  std::string rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 424242 99 100";
  for (const char* name : {"(weir-node)", "(a) Z 1 (b)", "(x y)"}) {
    auto read = parse_process_stat("77 " + std::string{name} + rest);
    REQUIRE(read);
    CHECK(read->state == 'S');
    CHECK(read->started == 424242);
  }
  CHECK_FALSE(parse_process_stat(""));
  CHECK_FALSE(parse_process_stat("77 (cut) S 1 2"));
}

TEST_CASE(
    "a process lives until it ends, also when nobody waits for it, and another start time is another one") {
  temporary_folder place;
  auto process =
      start_process({"/bin/sh", "-c", "echo out; echo err >&2; kill -STOP $$"}, place / "out", place / "err");
  REQUIRE(process);
  int status = 0;
  REQUIRE(::waitpid(process->id, &status, WUNTRACED) == process->id);
  CHECK(is_alive(*process));
  CHECK(::getsid(process->id) == process->id);
  CHECK_FALSE(is_alive({process->id, process->started + 1}));

  ::kill(process->id, SIGKILL);
  siginfo_t ended{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(process->id), &ended, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(is_alive(*process));
  ::waitpid(process->id, &status, 0);
  CHECK_FALSE(is_alive(*process));
  CHECK(weir::testing::read_file(place / "out") == "out\n");
  CHECK(weir::testing::read_file(place / "err") == "err\n");
}

TEST_CASE("a program that is not there is an error that names it") {
  temporary_folder place;
  auto process = start_process({"/no/such/program"}, place / "out", place / "err");
  REQUIRE_FALSE(process);
  CHECK(process.failure().message().find("/no/such/program") != std::string::npos);
}
