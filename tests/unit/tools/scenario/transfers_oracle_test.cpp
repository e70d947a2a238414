#include "transfers_oracle.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using lines = std::vector<std::string>;

/// Three transfers between two accounts that begin with 10 each: number, payer, payee, amount, left, got.
const lines right{"0\t0\t1\t7\t3\t7", "1\t0\t1\t3\t0\t10", "2\t1\t0\t4\t6\t4"};

std::string judge(const lines& of, std::uint64_t transfers = 3) {
  return weir::testing::transfer_books{10}.judge(of, transfers, 2);
}

lines with(std::size_t at, const std::string& other) {
  lines changed = right;
  changed[at] = other;
  return changed;
}

} // namespace

TEST_CASE("books of transfers that were made once add up, in any order") {
  CHECK(judge(right) == "");
  CHECK(judge({right[2], right[1], right[0]}) == "");
}

TEST_CASE("a payer that has nothing left gives nothing") {
  lines all = right;
  all.push_back("3\t0\t1\t0\t0\t10");
  CHECK(judge(all, 4) == "");
}

TEST_CASE("a transfer that is missing, or there twice, is noticed") {
  CHECK(judge({right[0], right[1]}) == "1 transfers are missing");
  CHECK(judge({right[0], right[1], right[1]}) == "transfer 1 is there twice");
  CHECK(judge(with(0, "0\t0\t1")) == "the line '0\t0\t1' is no transfer");
}

TEST_CASE("money that came or went is noticed") {
  // What was paid in the first transfer came back with a failure, but it had been got.
  CHECK(judge(with(1, "1\t0\t1\t3\t7\t10")) == "account 0 had amounts that its transfers do not explain");
  // What was got in the first one is lost.
  CHECK(judge(with(1, "1\t0\t1\t3\t0\t3")) == "account 1 had amounts that its transfers do not explain");
}
