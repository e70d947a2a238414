#include "task/driven_job.hpp"

#include "../operators/modelled_sink.hpp"

#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir;
using weir::testing::modelled_sink;
using weir::testing::outside_system;

namespace {

constexpr std::uint64_t records = 30'000;
constexpr std::uint64_t keys = 7;

struct numbered {
  std::uint64_t n;
  std::uint64_t key;
  std::uint64_t count;
};

struct count_per_key {
  value_state<std::uint64_t> count;

  void open(keyed_function_context<std::uint64_t>& context) {
    count = context.state(value<std::uint64_t>("count"));
  }
  void process(numbered& each, collector<numbered>& out) {
    each.count = ++count.change();
    out.emit(each);
  }
};

/// Numbers, counted per key, through two shuffles. What is written of one: its number and its count.
void build(environment& env, const std::shared_ptr<outside_system>& outside) {
  env.from(generate(records,
                    [](std::uint64_t n) {
                      return numbered{n, n % keys, 0};
                    }))
      .key_by(&numbered::key)
      .process<numbered>(count_per_key{})
      .key_by(&numbered::n)
      .process<std::uint64_t>([](const numbered& each, collector<std::uint64_t>& out) {
        out.emit(each.n * records + each.count);
      })
      .write_to(modelled_sink{outside});
}

/// What is wrong with the output: each number is there once, and each count of a key.
std::string judge(const std::vector<std::uint64_t>& visible, bool whole) {
  std::map<std::uint64_t, int> seen;
  std::map<std::uint64_t, std::map<std::uint64_t, int>> counts;
  for (std::uint64_t each : visible) {
    ++seen[each / records];
    ++counts[each / records % keys][each % records];
  }
  for (auto [n, times] : seen)
    if (times != 1)
      return std::to_string(n) + " shows " + std::to_string(times) + " times";
  for (auto& [key, of] : counts)
    for (auto [count, times] : of)
      if (times != 1)
        return "key " + std::to_string(key) + " has count " + std::to_string(count) + ' ' +
               std::to_string(times) + " times";
  if (!whole)
    return {};
  for (auto& [key, of] : counts)
    if (of.rbegin()->first != of.size())
      return "a count of key " + std::to_string(key) + " is missing";
  return seen.size() == records ? "" : std::to_string(seen.size()) + " numbers show";
}

/// Where some subtasks had ended, and some not, only the same parallelism is possible.
std::unique_ptr<driven_job> go_on(const environment& env, testing::harness_options& options,
                                  std::mt19937_64& random) {
  auto same = std::exchange(options.parallelism, static_cast<std::uint32_t>(1 + random() % 3));
  try {
    return std::make_unique<driven_job>(env, options);
  } catch (const std::runtime_error& refused) {
    if (std::string{refused.what()}.find("with the same parallelism") == std::string::npos)
      throw;
  }
  options.parallelism = same;
  ++options.attempt;
  return std::make_unique<driven_job>(env, options);
}

} // namespace

TEST_CASE("a job that is lost at any moment, and goes on at any parallelism, shows each result once") {
  std::size_t losses = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    auto outside = std::make_shared<outside_system>();
    environment env;
    build(env, outside);
    testing::harness_options options{
        .parallelism = static_cast<std::uint32_t>(1 + random() % 3), .checkpoints = true, .paced = true};
    std::vector<std::unique_ptr<driven_job>> lost; // they are not closed, as of a process that has died
    auto job = std::make_unique<driven_job>(env, options);
    std::string taken; // a snapshot whose checkpoint is not complete
    bool more = true;
    while (more || !job->is_done()) {
      more = job->step(random());
      if (random() % 6 == 0 || !more)
        taken = job->snapshot();
      if (!taken.empty() && random() % 3 == 0) {
        options.snapshot = std::exchange(taken, {});
        if (random() % 4 != 0) // else the notice comes too late
          job->complete_checkpoint(job->last_checkpoint());
        else
          more = true, lost.push_back(std::move(job));
      } else if (!taken.empty() && random() % 5 == 0) {
        taken.clear();
        job->abort_checkpoint(job->last_checkpoint());
      } else if (more && random() % 12 == 0) {
        taken.clear();
        lost.push_back(std::move(job));
      }
      if (!job) {
        ++options.attempt;
        job = go_on(env, options, random);
      }
      REQUIRE(judge(outside->visible, false) == "");
    }
    CHECK(judge(outside->visible, true) == "");
    CHECK(outside->prepared().empty());
    losses += lost.size();
  }
  CHECK(losses > 60);
}
