#include "actors/gateway_call.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

using namespace weir;
using namespace weir::actors;

TEST_CASE("only the first answer counts") {
  std::vector<int> got;
  {
    gateway_call<int> call{[&](result<int> value) { got.push_back(*value); }};
    call.answer(1);
    call.answer(2);
    call.expire({errc::timed_out, "late"});
  }
  CHECK(got == std::vector{1});
}

TEST_CASE("a call that is dropped is answered with unavailable") {
  std::optional<errc> got;
  {
    gateway_call<int> call{[&](result<int> value) { got = value.failure().code(); }};
  }
  CHECK(got == errc::unavailable);
}

TEST_CASE("of answers from several threads one counts") {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> times = 0;
    {
      gateway_call<int> call{[&](result<int>) { ++times; }};
      std::thread first{[&] { call.answer(1); }}, second{[&] { call.answer(2); }};
      first.join();
      second.join();
    }
    CHECK(times == 1);
  }
}
