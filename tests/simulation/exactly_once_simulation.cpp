#include "base/log.hpp"
#include "simulation/exactly_once_run.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace weir;
using namespace weir::simulation;

int main(int argc, char** argv) {
  log::set_level("off");
  std::uint64_t first = 1, count = 300;
  bool keep_going = false, trace = false;
  for (int i = 1; i < argc; ++i) {
    std::string_view option = argv[i];
    if (option == "--seeds" && i + 1 < argc)
      count = std::strtoull(argv[++i], nullptr, 10);
    else if (option == "--first" && i + 1 < argc)
      first = std::strtoull(argv[++i], nullptr, 10);
    else if (option == "--keep-going")
      keep_going = true;
    else if (option == "--trace")
      trace = true;
    else if (option == "--verbose")
      log::set_level("debug");
  }
  std::uint64_t steps = 0, checkpoints = 0, restarts = 0, failed = 0, overlapping = 0;
  auto begin = std::chrono::steady_clock::now();
  for (auto seed = first; seed < first + count; ++seed) {
    exactly_once_run what{.seed = seed, .faults = plan_faults(seed, all_fault_kinds()), .trace = {}};
    if (trace)
      what.trace = [](const std::string& line) { std::puts(line.c_str()); };
    auto seen = play(what);
    steps += seen.steps, checkpoints += seen.checkpoints, restarts += seen.restarts;
    overlapping += overlap(what.faults);
    if (!seen.trouble.empty()) {
      ++failed;
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), seen.trouble.c_str());
      if (!keep_going) {
        std::printf("%s\n", seen.settings.c_str());
        for (const auto& line : seen.timeline)
          std::printf("  %s\n", line.c_str());
        return 1;
      }
    }
  }
  auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf(
      "%llu seeds, %llu failed, %.1f s, %llu steps, %llu checkpoints, %llu restarts, %llu overlapping\n",
      (unsigned long long)count, (unsigned long long)failed, took, (unsigned long long)steps,
      (unsigned long long)checkpoints, (unsigned long long)restarts, (unsigned long long)overlapping);
  return failed != 0;
}
