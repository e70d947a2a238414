#include "job_compiler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace weir::tools;

namespace {

const weir_paths paths{"/w/include", "/w/lib"};

std::ptrdiff_t place(const std::vector<std::string>& command, const std::string& word) {
  auto found = std::ranges::find(command, word);
  return found == command.end() ? -1 : found - command.begin();
}

bool has(const std::vector<std::string>& command, const std::string& word) {
  return place(command, word) >= 0;
}

} // namespace

TEST_CASE("a library lies beside its source") {
  CHECK(library_beside("words.cpp") == "words.so");
  CHECK(library_beside("/a.b/words.cc") == "/a.b/words.so");
}

TEST_CASE("a source file is told by its ending") {
  for (const char* source : {"a.cpp", "a.cc", "a.cxx", "/x.so/a.cpp"})
    CHECK(is_source(source));
  for (const char* other : {"a.so", "a", "a.cpp.so", "cpp"})
    CHECK_FALSE(is_source(other));
}

TEST_CASE("a job library is compiled and linked in one step, with hidden names and against weir") {
  auto steps = steps_of({.source = "a.cpp"}, "a.so", paths, {"g++"}, false);
  REQUIRE(steps.commands.size() == 1);
  CHECK(steps.object.empty());
  const auto& command = steps.commands[0];
  CHECK(command.front() == "g++");
  for (const char* flag : {"-std=c++20", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-fno-gnu-unique",
                           "-I/w/include", "-L/w/lib", "-lweir", "-Wl,-rpath,/w/lib"})
    CHECK_MESSAGE(has(command, flag), flag);
  CHECK(place(command, "a.so") == place(command, "-o") + 1);
  CHECK(place(command, "a.cpp") < place(command, "-lweir"));
}

TEST_CASE("the user's optimization takes the place of weir's, and the user's flags come behind them") {
  auto steps = steps_of({.source = "a.cpp", .optimization = "-O0", .flags = {"-std=c++23", "-DX"}}, "a.so",
                        paths, {"g++"}, false);
  const auto& command = steps.commands.at(0);
  CHECK(has(command, "-O0"));
  CHECK_FALSE(has(command, "-O2"));
  CHECK(place(command, "-std=c++23") > place(command, "-std=c++20"));
}

TEST_CASE("with a cache the compiling is apart from the linking, and both see the user's flags") {
  auto steps = steps_of({.source = "a.cpp", .flags = {"-fsanitize=address"}}, "a.so", paths, {"g++"}, true);
  REQUIRE(steps.commands.size() == 2);
  CHECK(steps.object == "a.so.o");
  const auto& [compiling, linking] = std::pair{steps.commands[0], steps.commands[1]};
  CHECK(compiling[0] == "ccache");
  CHECK(compiling[1] == "g++");
  CHECK(place(compiling, "a.so.o") == place(compiling, "-o") + 1);
  CHECK_FALSE(has(compiling, "-lweir"));
  CHECK(linking[0] == "g++");
  CHECK(has(linking, "a.so.o"));
  CHECK_FALSE(has(linking, "a.cpp"));
  CHECK(has(compiling, "-fsanitize=address"));
  CHECK(has(linking, "-fsanitize=address"));
}

TEST_CASE("another file among the flags is compiled with the job, in one step") {
  auto steps = steps_of({.source = "a.cpp", .flags = {"b.cpp"}}, "a.so", paths, {"g++"}, true);
  REQUIRE(steps.commands.size() == 1);
  CHECK(steps.commands[0].front() == "g++");
  CHECK(has(steps.commands[0], "b.cpp"));
}

TEST_CASE("clang does not get the flag that it does not know") {
  auto steps = steps_of({.source = "a.cpp"}, "a.so", paths, {"clang++-14"}, false);
  CHECK_FALSE(has(steps.commands[0], "-fno-gnu-unique"));
}
