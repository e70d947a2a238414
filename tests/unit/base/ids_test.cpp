#include "base/ids.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <unordered_set>

using namespace weir;

TEST_CASE("a random id is written as 32 hexadecimal digits, high half first") {
  CHECK(to_string(random_id{0x0123456789abcdef, 0xfedcba9876543210}) == "0123456789abcdeffedcba9876543210");
  CHECK(to_string(random_id{0, 1}) == "00000000000000000000000000000001");
}

TEST_CASE("a random id reads back from its text, whatever the case of the digits") {
  std::mt19937_64 random{1};
  for (int i = 0; i < 1000; ++i) {
    random_id id{random(), random()};
    std::string text = to_string(id);
    CHECK(parse_random_id(text) == id);
    for (char& c : text)
      c = static_cast<char>(std::toupper(c));
    CHECK(parse_random_id(text) == id);
  }
}

TEST_CASE("what is not 32 hexadecimal digits is the zero id") {
  for (const char* text : {"", "1", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
                           "0123456789abcdef0123456789abcdeg", "0x23456789abcdef0123456789abcdef",
                           "/../../../../../../../../../../.", " 123456789abcdef0123456789abcdef",
                           "-123456789abcdef0123456789abcdef"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_random_id(text));
  }
}

TEST_CASE("an attempt is written with job, vertex, subtask, epoch and number") {
  attempt_id attempt{{{0, 255}}, 1, 2, {3}, 4};
  CHECK(to_string(attempt) == "000000000000000000000000000000ff/v1/s2/e3-4");
  attempt_id consumer{{{0, 255}}, 5, 0, {3}, 1};
  CHECK(to_string(channel_id{attempt, consumer, 7}) ==
        "000000000000000000000000000000ff/v1/s2/e3-4 -> 000000000000000000000000000000ff/v5/s0/e3-1 edge 7");
}

TEST_CASE("sessions and allocations are written with all that tells them apart") {
  CHECK(to_string(session_id{{3}, {{0, 10}}, 2}) == "e3/0000000000000000000000000000000a/r2");
  CHECK(to_string(allocation_id{{3}, 9}) == "e3-a9");
}

TEST_CASE("ids can be keys of ordered and of hashed containers") {
  std::set<job_id> ordered{{{0, 2}}, {{1, 0}}, {{0, 1}}};
  CHECK(*ordered.begin() == job_id{{0, 1}});
  CHECK(*ordered.rbegin() == job_id{{1, 0}});
  std::unordered_set<incarnation_id> hashed{{{1, 2}}, {{2, 1}}, {{1, 2}}};
  CHECK(hashed.size() == 2);
}
