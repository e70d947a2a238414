#include "examples/transfers.cpp"

#include "crashed_run.hpp"
#include "tools/shared/transfers_oracle.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

using weir::testing::crashed_run;

namespace {

/// What is wrong with the lines of all transfers; or nothing.
std::string judge(const std::vector<std::string>& lines, std::uint64_t transfers, std::uint64_t accounts) {
  for (const std::string& line : lines) {
    transfer each{};
    std::istringstream fields{line};
    fields >> each.number >> each.from >> each.to >> each.amount;
    transfer asked = made_up(each.number, accounts);
    if (each.from != asked.from || each.to != asked.to || each.amount > asked.amount)
      return "the line '" + line + "' is not the transfer of that number";
  }
  return weir::testing::transfer_books{opening_balance}.judge(lines, transfers, accounts);
}

} // namespace

TEST_CASE("money is neither made nor lost, however often the job breaks") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    crashed_run run{&weir_job_transfers, {"--transfers=40000", "--accounts=100"}};
    run.run(seed, 5);
    CHECK(judge(run.lines(), 40'000, 100) == "");
    CHECK(run.others().empty());
  }
}

TEST_CASE("a payer gives no more than it has") {
  crashed_run run{&weir_job_transfers, {"--transfers=2000", "--accounts=2"}};
  run.run(1, 0);
  CHECK(judge(run.lines(), 2'000, 2) == "");
  CHECK(std::ranges::any_of(run.lines(), [](const std::string& line) {
    return line.find("\t0\t0\t") != std::string::npos; // an amount of 0, and 0 left
  }));
}

TEST_CASE("a transfer is between two accounts") {
  CHECK_THROWS_AS((crashed_run{&weir_job_transfers, {"--transfers=1", "--accounts=1"}}),
                  weir::argument_error);
}
