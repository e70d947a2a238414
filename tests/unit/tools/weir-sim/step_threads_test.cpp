#include "simulation/step_threads.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace weir::simulation;

TEST_CASE("a step that does not stop has ended when run returns") {
  step_threads threads;
  bool is_done = false;
  CHECK(threads.run([&] { is_done = threads.is_in_step(); }) == nullptr);
  CHECK(is_done);
  CHECK_FALSE(threads.is_in_step());
}

TEST_CASE("steps that stop go on where they were, in any order, and others run meanwhile") {
  step_threads threads;
  std::string seen;
  auto stopping = [&](const std::string& name) {
    return threads.run([&, name] {
      for (int part = 1; part <= 3; ++part) {
        seen += name + std::to_string(part) + ' ';
        if (part < 3)
          threads.stop_here();
      }
    });
  };
  auto* a = stopping("a");
  auto* b = stopping("b");
  REQUIRE(a != nullptr);
  REQUIRE(b != nullptr);
  b = threads.go_on(b);
  REQUIRE(b != nullptr);
  CHECK(threads.go_on(b) == nullptr);
  CHECK(threads.run([&] { seen += "c "; }) == nullptr);
  a = threads.go_on(a);
  REQUIRE(a != nullptr);
  CHECK(threads.go_on(a) == nullptr);
  CHECK(seen == "a1 b1 b2 b3 c a2 a3 ");
}

TEST_CASE("what a step throws comes to who let it run") {
  step_threads threads;
  CHECK_THROWS_WITH_AS(threads.run([] { throw std::runtime_error{"no"}; }), "no", std::runtime_error);
  auto* stopped = threads.run([&] {
    threads.stop_here();
    throw std::runtime_error{"late"};
  });
  CHECK_THROWS_WITH_AS(threads.go_on(stopped), "late", std::runtime_error);
}
