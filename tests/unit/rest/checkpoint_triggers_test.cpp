#include "rest/checkpoint_triggers.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace weir;
using namespace std::chrono_literals;

namespace {

constexpr job_id job{{1, 1}};
using begun = checkpoint_triggers::begun;

random_id trigger(std::uint64_t number) {
  return {2, number};
}

} // namespace

TEST_CASE("the outcome of a trigger is kept for a while after it came, and no longer") {
  checkpoint_triggers triggers{5min};
  time_point start{};
  CHECK(triggers.begin(job, trigger(1), start) == begun::yes);
  const auto* status = triggers.find(job, trigger(1), start + 1h); // under way for as long as it takes
  REQUIRE(status);
  CHECK_FALSE(status->outcome);
  triggers.end(job, trigger(1), checkpoint_id{7}, start + 1h);
  status = triggers.find(job, trigger(1), start + 1h + 5min - 1ms);
  REQUIRE(status);
  REQUIRE(status->outcome);
  CHECK(**status->outcome == 7);
  CHECK(triggers.find(job, trigger(1), start + 1h + 5min) == nullptr);
}

TEST_CASE("a trigger that comes again begins nothing, also after its outcome came") {
  checkpoint_triggers triggers{5min};
  time_point now{};
  CHECK(triggers.begin(job, trigger(1), now) == begun::yes);
  CHECK(triggers.begin(job, trigger(1), now) == begun::before);
  triggers.end(job, trigger(1), error{errc::failed, "no"}, now);
  CHECK(triggers.begin(job, trigger(1), now) == begun::before);
  CHECK(triggers.begin(job_id{{3, 3}}, trigger(1), now) == begun::yes); // of another job
}

TEST_CASE("when there are too many, the oldest outcome goes, and what is under way stays") {
  checkpoint_triggers triggers{5min};
  time_point now{};
  for (std::uint64_t i = 0; i < checkpoint_triggers::entries_max; ++i)
    REQUIRE(triggers.begin(job, trigger(i), now) == begun::yes);
  std::uint64_t more = checkpoint_triggers::entries_max;
  CHECK(triggers.begin(job, trigger(more), now) == begun::no);
  triggers.end(job, trigger(5), checkpoint_id{1}, now);
  triggers.end(job, trigger(3), checkpoint_id{2}, now);
  CHECK(triggers.begin(job, trigger(more), now) == begun::yes);
  CHECK(triggers.find(job, trigger(5), now) == nullptr);
  CHECK(triggers.find(job, trigger(3), now));
  CHECK(triggers.find(job, trigger(0), now));
}

TEST_CASE("an outcome that nobody waits for is dropped") {
  checkpoint_triggers triggers{5min};
  triggers.end(job, trigger(1), checkpoint_id{1}, time_point{});
  CHECK(triggers.find(job, trigger(1), time_point{}) == nullptr);
}
