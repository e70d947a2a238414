#include "wire/snapshot_codec.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace weir;
using detail::state_kind;

namespace {

snapshot_head some_head() {
  snapshot_head head;
  head.job.low = 5;
  head.task = "sum -> print";
  head.subtask = 2;
  head.parallelism = 3;
  head.number = 8;
  head.parent = 7;
  head.max_parallelism = 128;
  head.first_key_group = 86;
  head.last_key_group = 127;
  operator_id one, other;
  one.high = 1;
  other.high = 2;
  head.states = {
      {one, {"a", state_kind::value, "string", "", "i64", {}}},
      {one, {"b", state_kind::broadcast, "", "", "i64", {5, detail::expiry::refresh::on_read_and_write}}},
      {other, {"a", state_kind::map, "i64", "i64", "struct{}", {5, detail::expiry::refresh::on_write}}}};
  return head;
}

std::string refusal(const snapshot_head& head) {
  auto decoded = decode_snapshot_head(encode(head));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.failure().code() == errc::corrupt);
  return decoded.failure().message();
}

} // namespace

TEST_CASE("the head of a snapshot comes back equal") {
  auto head = decode_snapshot_head(encode(some_head()));
  REQUIRE(head);
  CHECK(*head == some_head());
}

TEST_CASE("the index of a snapshot comes back equal") {
  std::mt19937_64 random{1};
  auto number = [&] { return static_cast<std::uint32_t>(random()); };
  std::vector<snapshot_run> runs(200);
  for (snapshot_run& run : runs)
    run = {number(), number(), random(), random(), number(), random(), random(), random()};
  auto decoded = decode_snapshot_index(encode_snapshot_index(runs));
  REQUIRE(decoded);
  CHECK(*decoded == runs);
}

TEST_CASE("a head that contradicts itself is refused") {
  snapshot_head head = some_head();
  SUBCASE("subtask") {
    head.subtask = 3;
    CHECK(refusal(head) == "the bytes are no head of a snapshot: it is of subtask 3 of 3");
  }
  SUBCASE("key groups") {
    head.last_key_group = 128;
    CHECK(refusal(head) ==
          "the bytes are no head of a snapshot: it is of the key groups from 86 to 128 of 128");
  }
  SUBCASE("names") {
    head.states[1].type.name = "a";
    CHECK(refusal(head) == "the bytes are no head of a snapshot: an operator has two states named a");
  }
  SUBCASE("kinds") {
    head.states[0].type.kind = static_cast<state_kind>(11);
    CHECK(refusal(head) == "the bytes are no head of a snapshot: there is no kind of state 11");
  }
}
