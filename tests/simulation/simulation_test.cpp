#define DOCTEST_CONFIG_IMPLEMENT
#include "base/log.hpp"
#include "simulation/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>

using namespace weir;
using namespace weir::simulation;
using namespace std::chrono_literals;

namespace {

std::uint64_t first_seed = 1;
std::uint64_t seed_count = 50;

/// Parts of causes that no fault explains: a connection loses all that comes after a break and nothing else,
/// so that numbers and credits always fit, and slots go only with their session.
constexpr std::array broken_promises{
    "expected number",
    "were granted",
    "after the end of the channel",
    "it ended after",
    "malformed frame",
    "items and frames on one channel",
    "data on a channel that was never opened",
    "allocation gone",
    "does not have the task's slot any more",
    "canceled the task by itself",
};

/// What is wrong with a run; empty if nothing is. A job must end in one of the states, one that finished has
/// the right result, and one that failed has a cause that faults explain.
std::string complaint(const outcome& seen, std::initializer_list<job_state> allowed) {
  if (!seen.trouble.empty())
    return seen.trouble;
  for (const auto& job : seen.jobs) {
    if (std::ranges::count(allowed, job.state) != 1)
      return "a job ended " + std::string{to_string(job.state)} + ": " + job.cause;
    if (job.state == job_state::finished && job.result != expected_result())
      return "a job finished with a wrong result";
    if (job.state == job_state::failed && job.cause.empty())
      return "a job failed without a cause";
    for (std::string_view promise : broken_promises)
      if (job.cause.find(promise) != std::string::npos)
        return "a job failed without a fault: " + job.cause;
  }
  return {};
}

/// Plays the scenario with that many seeds. Returns the first complaint, with its seed and what was done to
/// the cluster.
std::string play_all(scenario what, std::uint64_t seeds, std::initializer_list<job_state> allowed) {
  std::map<job_state, int> ends;
  for (what.seed = first_seed; what.seed < first_seed + seeds; ++what.seed) {
    what.parallelism = 1 + static_cast<std::uint32_t>(what.seed % 4);
    auto seen = play(what);
    if (auto wrong = complaint(seen, allowed); !wrong.empty()) {
      wrong += " (--first " + std::to_string(what.seed) + " --seeds 1)";
      for (const auto& fault : seen.faults)
        wrong += "\n  " + fault;
      return wrong;
    }
    for (const auto& job : seen.jobs)
      ++ends[job.state];
  }
  for (auto [state, count] : ends)
    MESSAGE(count << " jobs " << to_string(state));
  return {};
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
  CHECK(play_all({}, std::max<std::uint64_t>(seed_count, 200), {job_state::finished}) == "");
}

TEST_CASE("jobs that want more slots than there are run one after the other") {
  CHECK(play_all({.jobs = 3}, seed_count, {job_state::finished}) == "");
}

TEST_CASE("a network so slow that everything is said twice gives the right result as well") {
  CHECK(play_all({.jobs = 2, .latency_max = 1s}, seed_count, {job_state::finished}) == "");
}

TEST_CASE("a job that is canceled ends, whatever it was about to do, and frees its slots") {
  CHECK(play_all({.jobs = 2, .cancels = true}, seed_count, {job_state::finished, job_state::canceled}) == "");
}

TEST_CASE("faults at any moment end the job, free every slot and leave every worker registered") {
  CHECK(play_all({.faults = 2}, seed_count, {job_state::finished, job_state::failed}) == "");
}

TEST_CASE("a break between workers ends the job, unless no data was lost with it") {
  CHECK(play_all({.breaks = 2}, seed_count, {job_state::finished, job_state::failed}) == "");
}

TEST_CASE("the same holds for several jobs, of which some are canceled") {
  CHECK(play_all({.jobs = 2, .faults = 1, .cancels = true}, seed_count,
                 {job_state::finished, job_state::failed, job_state::canceled}) == "");
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
