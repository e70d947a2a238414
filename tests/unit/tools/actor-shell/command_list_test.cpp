#include "command_list.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace weir;
using namespace weir::tools::shell;
using namespace std::chrono_literals;

namespace {

error refused(const words& typed) {
  auto command = parse_command(typed);
  REQUIRE_FALSE(command);
  CHECK(command.failure().code() == errc::invalid_argument);
  return command.failure();
}

bool mentions(const error& failure, std::string_view text) {
  return failure.message().find(text) != std::string::npos;
}

} // namespace

TEST_CASE("a command is its name and as many arguments as it takes") {
  auto tasks = parse_command({"tasks", "ab"});
  REQUIRE(tasks);
  CHECK(std::string{tasks->what->name} == "tasks");
  CHECK(tasks->given == arguments{"ab"});
  CHECK_FALSE(tasks->every);
  CHECK(parse_command({"tasks"}));
  CHECK(parse_command({"inspect", "Source:", "lines", "(1/2)"}));
}

TEST_CASE("too few or too many arguments are refused with the right form") {
  CHECK(mentions(refused({"why"}), "`why` needs an argument: write `why JOB`."));
  CHECK(mentions(refused({"why", "a", "b"}), "takes only one argument: write `why JOB`."));
  CHECK(mentions(refused({"jobs", "a"}), "takes no argument: write `jobs`."));
}

TEST_CASE("an unknown command is refused with the nearest one, if one is near") {
  CHECK(mentions(refused({"jbos"}), "There is no command 'jbos': did you mean `jobs`?"));
  CHECK(mentions(refused({"task"}), "`tasks`"));
  CHECK(mentions(refused({"isnpect"}), "`inspect`"));
  CHECK(mentions(refused({"Nodes"}), "`nodes`"));
  CHECK(mentions(refused({"frobnicate"}), "`help` lists them"));
  CHECK(mentions(refused({"help", "jbos"}), "`jobs`"));
}

TEST_CASE("a watch is the command it repeats and how often") {
  auto watched = parse_command({"watch", "tasks", "ab"});
  REQUIRE(watched);
  CHECK(std::string{watched->what->name} == "tasks");
  CHECK(watched->given == arguments{"ab"});
  CHECK(watched->every == 1s);
  CHECK(parse_command({"watch", "-n", "0.5", "jobs"})->every == 500ms);
  CHECK(parse_command({"watch", "-n2", "jobs"})->every == 2s);
}

TEST_CASE("a watch without a command, of a wrong one or too often is refused") {
  CHECK(mentions(refused({"watch"}), "needs the command to repeat"));
  CHECK(mentions(refused({"watch", "-n", "1"}), "needs the command to repeat"));
  CHECK(mentions(refused({"watch", "jbos"}), "did you mean `jobs`?"));
  CHECK(mentions(refused({"watch", "why"}), "`why` needs an argument"));
  for (const char* what : {"watch", "exit", "help", "quit"})
    CHECK(mentions(refused({"watch", what, "jobs"}), what));
  for (const char* seconds : {"0", "-1", "0.01", "86401", "nan", "inf", "1s", "", "1e99", "x"}) {
    CAPTURE(seconds);
    CHECK(mentions(refused({"watch", "-n", seconds, "jobs"}), "a number of seconds from 0.1 to 86400"));
  }
}

TEST_CASE("help lists every command once, and says how to use each") {
  auto list = help({});
  REQUIRE(list);
  std::string text = render(list->shown, {});
  std::set<std::string> names;
  for (const command& one : all_commands()) {
    CAPTURE(one.name);
    CHECK(names.insert(one.name).second);
    CHECK(text.find(one.usage) != std::string::npos);
    CHECK(find_command(one.name) == &one);
    auto details = help({one.name});
    REQUIRE(details);
    CHECK(render(details->shown, {}).starts_with(one.usage));
    CHECK(details->data["name"] == one.name);
  }
  CHECK(list->data["commands"].size() == names.size());
  CHECK_FALSE(help({"nothing"}));
}

TEST_CASE("only what works is offered") {
  for (const char* later : {"mailboxes", "channels", "state", "kill", "pause", "resume", "log"})
    CHECK(find_command(later) == nullptr);
}
