#include "script_plays.hpp"

#include "script_files.hpp"
#include "script_meaning.hpp"
#include "script_play.hpp"

#include "base/platform.hpp"

#include <cstdio>
#include <iostream>
#include <map>
#include <utility>

namespace weir::simulation {

namespace {

/// How to see that run again.
std::string command(const script_wishes& wanted, const scenario::script& what, std::uint64_t seed) {
  std::string text = "weir-sim --script " + what.file + " --seed " + std::to_string(seed);
  for (const std::string& each : wanted.assignments)
    text += " --set " + each;
  return text + " --trace";
}

/// Plays it once. `alone`: it is told as a whole, not only when it fails.
bool play_one(const script_wishes& wanted, const std::map<std::string, std::string>& variables,
              const scenario::script& what, std::uint64_t seed, bool alone) {
  auto seen = play(
      {.what = what, .seed = seed, .variables = variables, .shown = wanted.trace ? &std::cout : nullptr});
  if (!alone && seen.done)
    return true;
  std::printf("%s %s (seed %llu, %.1f s of virtual time, %llu steps, trace %llx)\n",
              seen.done ? "passed" : "FAILED", what.file.c_str(), static_cast<unsigned long long>(seed),
              seen.seconds, static_cast<unsigned long long>(seen.steps),
              static_cast<unsigned long long>(seen.trace));
  std::fflush(stdout);
  if (!seen.done)
    std::cout << "  " << seen.done.failure().message() << '\n';
  if (!wanted.trace)
    seen.events.print(std::cout);
  if (!seen.done)
    std::cout << "again with: " << command(wanted, what, seed) << std::endl;
  return seen.done.has_value();
}

} // namespace

result<bool> play_scripts(const script_wishes& wanted) {
  auto system = make_system_platform();
  auto scripts = scenario::read_scripts(wanted.files, system->files());
  if (!scripts)
    return scripts.failure();
  auto variables = scenario::read_assignments(wanted.assignments, *scripts);
  if (!variables)
    return variables.failure();
  std::vector<scenario::script> chosen;
  std::size_t skipped = 0;
  for (scenario::script& each : *scripts) {
    auto has_meaning = check_meaning(each);
    if (!has_meaning && !wanted.skip)
      return has_meaning.failure();
    if (has_meaning) {
      chosen.push_back(std::move(each));
    } else {
      ++skipped;
      std::cout << "skipped " << has_meaning.failure().message() << '\n';
    }
  }
  bool is_one_run = chosen.size() == 1 && wanted.seeds == 1;
  std::size_t passed = 0;
  for (const scenario::script& each : chosen) {
    std::uint64_t failed = 0;
    for (std::uint64_t seed = wanted.seed; seed < wanted.seed + wanted.seeds; ++seed)
      failed += play_one(wanted, *variables, each, seed, is_one_run) ? 0 : 1;
    passed += failed == 0 ? 1 : 0;
    if (!is_one_run)
      std::cout << (failed == 0 ? "passed " : "FAILED ") << each.file << " (" << failed << " of "
                << wanted.seeds << " runs failed)" << std::endl;
  }
  std::cout << passed << " passed, " << chosen.size() - passed << " failed";
  if (skipped > 0)
    std::cout << ", " << skipped << " skipped";
  std::cout << std::endl;
  return passed == chosen.size();
}

} // namespace weir::simulation
