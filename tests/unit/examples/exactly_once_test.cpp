#include "examples/exactly_once.cpp"

#include "crashed_run.hpp"
#include "tools/shared/exactly_once_oracle.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using weir::testing::crashed_run;
using weir::testing::judge_exactly_once;

TEST_CASE("each number is written once, and each key's counts without a gap, however often the job breaks") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    crashed_run run{&weir_job_exactly_once, {"--records=40000", "--keys=13"}};
    run.run(seed, 5);
    CHECK(judge_exactly_once(run.lines(), 40'000, 13) == "");
    CHECK(run.others().empty());
  }
}

TEST_CASE("a job of no numbers and one of no keys") {
  crashed_run none{&weir_job_exactly_once, {"--records=0", "--keys=1"}};
  none.run(1, 0);
  CHECK(none.lines().empty());
  CHECK_THROWS_AS((crashed_run{&weir_job_exactly_once, {"--records=1", "--keys=0"}}), weir::argument_error);
}
