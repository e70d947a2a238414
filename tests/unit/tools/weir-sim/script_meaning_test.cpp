#include "script_meaning.hpp"

#include "script_parser.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir;

namespace {

/// Why a script is refused; empty: it is not.
std::string refusal_of(const std::string& text) {
  auto script = scenario::parse_script("s.scn", text);
  REQUIRE(script);
  auto has_meaning = simulation::check_meaning(*script);
  return has_meaning ? "" : has_meaning.failure().message();
}

} // namespace

TEST_CASE("what asks for a process means nothing in the simulation") {
  CHECK(refusal_of("start master\nexpect memory of master below 3 MiB") ==
        "s.scn:2: the memory of a node means nothing in the simulation");
  CHECK(refusal_of("wait 1 s for memory of master below 3 MiB") ==
        "s.scn:1: the memory of a node means nothing in the simulation");
  CHECK(refusal_of("start master\nwait 1 s for log of master done").empty());
  CHECK(refusal_of("let a = ${programs}/weir") == "s.scn:1: $programs means nothing in the simulation");
  CHECK(refusal_of("expect file $script/a") == "s.scn:1: $script means nothing in the simulation");
}

TEST_CASE("a job that is not linked into the simulation means nothing there") {
  CHECK(refusal_of("run word_count") ==
        "s.scn:1: the job library word_count means nothing in the simulation");
  CHECK(refusal_of("run exactly_once --rate=1 with -p 4 -D a=b").empty());
  CHECK(refusal_of("run transfers with --parallelism 4").empty());
  CHECK(refusal_of("run faulty_counts").empty());
  CHECK(refusal_of("run exactly_once with --local") ==
        "s.scn:1: the option --local of `weir run` means nothing in the simulation");
  CHECK(refusal_of("let p = 4\nrun exactly_once with -p $p").empty());
}

TEST_CASE("the first statement counts, also one in a block of a block") {
  CHECK(refusal_of("repeat 2 {\n  choose {\n    pass 1 s\n  } or {\n    run a.so\n  }\n}\nrun b.so") ==
        "s.scn:5: the job library a.so means nothing in the simulation");
}
