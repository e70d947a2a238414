#include "examples/exactly_once.cpp"

#include "crashed_run.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using weir::testing::crashed_run;

namespace {

/// What is wrong with lines that should have the numbers 0 to records - 1, counted per key; or nothing.
std::string judge(const std::vector<std::string>& lines, std::uint64_t records, std::uint64_t keys) {
  std::set<std::uint64_t> numbers;
  std::map<std::uint64_t, std::set<std::uint64_t>> counts;
  for (const std::string& line : lines) {
    std::uint64_t n = 0, key = 0, count = 0;
    std::istringstream fields{line};
    if (!(fields >> n >> key >> count) || n >= records || key != n % keys)
      return "the line '" + line + "' is of no number";
    if (!numbers.insert(n).second)
      return std::to_string(n) + " is there twice";
    if (!counts[key].insert(count).second)
      return "count " + std::to_string(count) + " of key " + std::to_string(key) + " is there twice";
  }
  if (numbers.size() != records)
    return std::to_string(records - numbers.size()) + " numbers are missing";
  for (const auto& [key, of] : counts)
    if (*of.begin() != 1 || *of.rbegin() != of.size())
      return "a count of key " + std::to_string(key) + " is missing";
  return {};
}

} // namespace

TEST_CASE("each number is written once, and each key's counts without a gap, however often the job breaks") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    crashed_run run{&weir_job_exactly_once, {"--records=40000", "--keys=13"}};
    run.run(seed, 5);
    CHECK(judge(run.lines(), 40'000, 13) == "");
    CHECK(run.others().empty());
  }
}

TEST_CASE("a job of no numbers and one of no keys") {
  crashed_run none{&weir_job_exactly_once, {"--records=0", "--keys=1"}};
  none.run(1, 0);
  CHECK(none.lines().empty());
  CHECK_THROWS_AS((crashed_run{&weir_job_exactly_once, {"--records=1", "--keys=0"}}), weir::argument_error);
}
