#define DOCTEST_CONFIG_IMPLEMENT
#include "base/log.hpp"
#include "simulation/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>

using namespace weir;
using namespace weir::simulation;

namespace {

std::uint64_t first_seed = 1;
std::uint64_t seed_count = 50;

std::string told(const outcome& what) {
  std::string text = "\n  trouble: " + what.trouble;
  for (const auto& fault : what.faults)
    text += "\n  " + fault;
  for (const auto& job : what.jobs)
    text += "\n  job " + std::string{to_string(job.state)} + " " + job.cause;
  return text;
}

/// Plays the scenario with each seed. Each job must end in one of the states; one that finished has the right
/// result.
void play_all(scenario what, std::uint64_t seeds, std::initializer_list<job_state> allowed) {
  std::map<job_state, int> ends;
  for (what.seed = first_seed; what.seed < first_seed + seeds; ++what.seed) {
    what.parallelism = 1 + static_cast<std::uint32_t>(what.seed % 4);
    CAPTURE(what.seed);
    auto seen = play(what);
    INFO(told(seen));
    CHECK(seen.trouble.empty());
    for (const auto& job : seen.jobs) {
      ++ends[job.state];
      CHECK(std::ranges::count(allowed, job.state) == 1);
      if (job.state == job_state::finished)
        CHECK(job.result == expected_result());
      if (job.state == job_state::failed)
        CHECK_FALSE(job.cause.empty());
    }
  }
  for (auto [state, count] : ends)
    MESSAGE(count << " jobs " << to_string(state));
}

} // namespace

TEST_CASE("the same seed gives the same run, step by step, and another seed another one") {
  std::set<std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    scenario what{.seed = seed, .faults = static_cast<int>(seed) % 3};
    auto first = play(what), second = play(what);
    CHECK(first.steps == second.steps);
    CHECK(first.trace == second.trace);
    CHECK(first.faults == second.faults);
    traces.insert(first.trace);
  }
  CHECK(traces.size() == 20);
}

TEST_CASE("word count gives the right result, whatever the order of events") {
  play_all({}, std::max<std::uint64_t>(seed_count, 200), {job_state::finished});
}

TEST_CASE("jobs that want more slots than there are run one after the other") {
  play_all({.jobs = 3}, seed_count, {job_state::finished});
}

TEST_CASE("a job that is canceled ends, whatever it was about to do, and frees its slots") {
  play_all({.jobs = 2, .cancels = true}, seed_count, {job_state::finished, job_state::canceled});
}

TEST_CASE("faults at any moment end the job, free every slot and leave every worker registered") {
  play_all({.faults = 2}, seed_count, {job_state::finished, job_state::failed});
}

TEST_CASE("the same holds for several jobs, of which some are canceled") {
  play_all({.jobs = 2, .faults = 1, .cancels = true}, seed_count,
           {job_state::finished, job_state::failed, job_state::canceled});
}

/// simulation [--seeds N] [--first S] [--verbose] [doctest's options]
int main(int argc, char** argv) {
  log::set_level("off");
  for (int i = 1; i < argc; ++i) {
    std::string_view option = argv[i];
    if (option == "--seeds" && i + 1 < argc)
      seed_count = std::strtoull(argv[i + 1], nullptr, 10);
    else if (option == "--first" && i + 1 < argc)
      first_seed = std::strtoull(argv[i + 1], nullptr, 10);
    else if (option == "--verbose")
      log::set_level("debug");
  }
  return doctest::Context{argc, argv}.run();
}
