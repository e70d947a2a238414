#include "cases.hpp"

#include "state_fixtures.hpp"
#include "workloads.hpp"

#include <algorithm>
#include <chrono>

namespace bench {

namespace {

constexpr std::uint64_t keys_grown_to = 10'000'000;
constexpr double longest_update_limit = 0.010; // seconds

/// The longest time from one update to the next, what is done between two batches included.
double longest_update(std::uint64_t entries) {
  using clock = std::chrono::steady_clock;
  auto system = weir::make_system_platform();
  operator_state<std::uint64_t, std::uint64_t> state{*system, {}};
  clock::duration longest{};
  clock::time_point last;
  auto note = [&] {
    auto now = clock::now();
    longest = std::max(longest, now - last);
    last = now;
  };
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < entries;) {
    keys.clear();
    for (; i < entries && keys.size() < records_a_batch; ++i)
      keys.push_back(scramble(i + 1));
    last = clock::now();
    state.each(keys, [&](std::uint64_t key, auto& value) {
      value.set(key);
      note();
    });
    note();
  }
  return std::chrono::duration<double>(longest).count();
}

} // namespace

std::vector<bench_case> state_growth_cases(const bench_settings& settings) {
  bench_case made;
  made.name = "state_growth";
  made.unit = "s";
  made.kind = quantity::time;
  made.target = 1;
  made.limit = [] { return run{.amount = longest_update_limit}; };
  made.weir = [entries = scaled(keys_grown_to, settings)] { return run{.amount = longest_update(entries)}; };
  return {made};
}

} // namespace bench
