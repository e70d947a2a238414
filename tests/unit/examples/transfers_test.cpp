#include "examples/transfers.cpp"

#include "crashed_run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using weir::testing::crashed_run;

namespace {

/// The bookings of one account, as the lines that it stands in tell them.
struct account {
  std::int64_t paid = 0;
  std::int64_t got = 0;
  std::int64_t least_left = opening_balance;
  std::int64_t most_got = 0;
};

/// What is wrong with the lines of all transfers; or nothing.
std::string judge(const std::vector<std::string>& lines, std::uint64_t transfers, std::uint64_t accounts) {
  std::set<std::uint64_t> numbers;
  std::map<std::uint64_t, account> all;
  for (const std::string& line : lines) {
    transfer each{};
    std::istringstream fields{line};
    if (!(fields >> each.number >> each.from >> each.to >> each.amount >> each.left >> each.got))
      return "the line '" + line + "' is no transfer";
    transfer asked = made_up(each.number, accounts);
    if (each.number >= transfers || each.from != asked.from || each.to != asked.to || each.from == each.to ||
        each.amount > asked.amount)
      return "the line '" + line + "' is not the transfer of that number";
    if (!numbers.insert(each.number).second)
      return "transfer " + std::to_string(each.number) + " is there twice";
    account& payer = all[each.from];
    payer.paid += each.amount;
    payer.least_left = std::min(payer.least_left, each.left);
    account& payee = all[each.to];
    payee.got += each.amount;
    payee.most_got = std::max(payee.most_got, each.got);
  }
  if (numbers.size() != transfers)
    return std::to_string(transfers - numbers.size()) + " transfers are missing";
  std::int64_t sum = static_cast<std::int64_t>(accounts - all.size()) * opening_balance;
  for (const auto& [name, of] : all) {
    if (of.least_left != opening_balance - of.paid || of.least_left < 0 || of.most_got != of.got)
      return "account " + std::to_string(name) + " does not hold what its transfers say";
    sum += of.least_left + of.most_got;
  }
  if (sum != static_cast<std::int64_t>(accounts) * opening_balance)
    return "the sum of all money is " + std::to_string(sum);
  return {};
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
