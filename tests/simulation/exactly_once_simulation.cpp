#define DOCTEST_CONFIG_IMPLEMENT
#include "base/log.hpp"
#include "simulation/exactly_once_run.hpp"
#include "simulation/fault_plan.hpp"
#include "simulation/shrink.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;
using namespace weir::simulation;

namespace {

std::uint64_t first_seed = 1;
std::uint64_t seed_count = 400;
bool plays_on = false; ///< after a run that fails

/// A run is played twice so often.
constexpr std::uint64_t repeated = 100;

exactly_once_run run_of(std::uint64_t seed) {
  return {.seed = seed, .faults = plan_faults(seed, all_fault_kinds()), .trace = {}};
}

/// What is wrong with the first run that is, and how to see it again.
std::string play_all() {
  std::uint64_t overlapping = 0, checkpoints = 0, restarts = 0, failed = 0;
  std::string first_trouble;
  for (auto seed = first_seed; seed < first_seed + seed_count; ++seed) {
    auto what = run_of(seed);
    auto seen = play(what);
    std::string replay = " (build/tools/weir-sim --seed " + std::to_string(seed) + ")";
    if (!seen.trouble.empty()) {
      if (failed++ == 0)
        first_trouble = seen.trouble + replay;
      if (!plays_on)
        return first_trouble;
      continue;
    }
    if (seed % repeated == 0 && play(what).trace != seen.trace)
      return "the same seed gave another run" + replay;
    overlapping += overlap(what.faults) ? 1 : 0;
    checkpoints += seen.checkpoints;
    restarts += seen.restarts;
  }
  MESSAGE(seed_count << " runs, " << overlapping << " with faults that overlap, " << checkpoints
                     << " checkpoints, " << restarts << " restarts, " << failed << " failed");
  return first_trouble;
}

} // namespace

TEST_CASE("whatever breaks, each record is there once, nothing is left behind and nothing hangs") {
  CHECK(play_all() == "");
}

TEST_CASE("the same seed gives the same run, step by step, and another seed another one") {
  std::set<std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto first = play(run_of(seed)), second = play(run_of(seed));
    CHECK(first.steps == second.steps);
    CHECK(first.trace == second.trace);
    CHECK(first.timeline == second.timeline);
    traces.insert(first.trace);
  }
  CHECK(traces.size() == 10);
}

TEST_CASE("plans have every kind of fault, and in a fifth of them or more faults overlap") {
  std::set<fault_kind> kinds;
  int overlapping = 0;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    auto faults = plan_faults(seed, all_fault_kinds());
    overlapping += overlap(faults) ? 1 : 0;
    for (const planned_fault& each : faults)
      kinds.insert(each.kind);
  }
  CHECK(kinds.size() == all_fault_kinds().size());
  CHECK(overlapping >= 200);
}

TEST_CASE("a plan has only the kinds that are allowed, and each kind is known by its name") {
  for (fault_kind kind : all_fault_kinds()) {
    CHECK(read_fault_kind(name_of(kind)) == kind);
    for (const planned_fault& each : plan_faults(7, {kind}))
      CHECK(each.kind == kind);
  }
  CHECK_FALSE(read_fault_kind("earthquake"));
  CHECK(plan_faults(7, {}).empty());
}

TEST_CASE("a failing run shrinks to the faults that it takes") {
  std::vector<planned_fault> faults(6);
  for (std::size_t i = 0; i < faults.size(); ++i)
    faults[i].count = i;
  // It takes 1 and 4, and 2 as long as 3 is there.
  auto fails = [](const std::vector<planned_fault>& of) {
    auto has = [&](std::uint64_t count) { return std::ranges::count(of, count, &planned_fault::count) == 1; };
    return has(1) && has(4) && (!has(3) || has(2));
  };
  CHECK(shrink(faults, fails) == std::vector<std::size_t>{1, 4});
  CHECK(join({1, 4}) == "1,4");
  CHECK(shrink(faults, [](const auto&) { return true; }).empty());
}

/// exactly_once_simulation [--seeds N] [--first S] [--play-on] [--verbose] [doctest's options]
int main(int argc, char** argv) {
  log::set_level("off");
  for (int i = 1; i < argc; ++i) {
    std::string_view option = argv[i];
    if (option == "--seeds" && i + 1 < argc)
      seed_count = std::strtoull(argv[i + 1], nullptr, 10);
    else if (option == "--first" && i + 1 < argc)
      first_seed = std::strtoull(argv[i + 1], nullptr, 10);
    else if (option == "--play-on")
      plays_on = true;
    else if (option == "--verbose")
      log::set_level("debug");
  }
  return doctest::Context{argc, argv}.run();
}
