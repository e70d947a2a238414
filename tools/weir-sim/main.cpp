#include "base/log.hpp"
#include "base/version.hpp"
#include "build_commit.hpp"
#include "program_options.hpp"
#include "script_plays.hpp"
#include "simulation/exactly_once_run.hpp"
#include "simulation/fault_plan.hpp"
#include "simulation/shrink.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::simulation;
using namespace weir::tools;

namespace {

struct wishes {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::vector<std::string> kinds;
  std::vector<std::string> only;
  script_wishes scripts;
  bool trace = false;
  std::string log_level = "off";
};

std::string list_of_kinds() {
  std::string text = "Kinds of faults:\n";
  for (fault_kind kind : all_fault_kinds()) {
    std::string name{name_of(kind)};
    text += "  " + name + std::string(23 - std::min<std::size_t>(name.size(), 22), ' ');
    text += std::string{meaning_of(kind)} + '\n';
  }
  return text;
}

/// What the user asked for, without --only.
std::string command(const wishes& wanted, std::uint64_t seed) {
  std::string text = "weir-sim --seed " + std::to_string(seed);
  for (std::size_t i = 0; i < wanted.kinds.size(); ++i)
    text += (i == 0 ? " --faults " : ",") + wanted.kinds[i];
  return text;
}

void print_faults(const std::vector<planned_fault>& faults, const std::vector<std::size_t>& which) {
  std::cout << (which.empty() ? "no faults\n" : "faults:\n");
  for (std::size_t each : which)
    std::cout << "  " << each << "  " << to_string(faults[each]) << '\n';
}

void shrink_and_print(const wishes& wanted, std::uint64_t seed, const std::vector<planned_fault>& faults,
                      const std::vector<std::size_t>& which) {
  std::string trouble;
  auto left = shrink(only(faults, which), [&](const std::vector<planned_fault>& fewer) {
    auto seen = play({.seed = seed, .faults = fewer, .trace = {}});
    if (!seen.trouble.empty())
      trouble = seen.trouble;
    return !seen.trouble.empty();
  });
  std::vector<std::size_t> numbers;
  for (std::size_t each : left)
    numbers.push_back(which[each]);
  std::cout << "shrunk to " << numbers.size() << " of " << which.size() << ' ';
  print_faults(faults, numbers);
  if (!trouble.empty())
    std::cout << "  which gives: " << trouble << '\n';
  std::string chosen = numbers.empty() ? "none" : join(numbers);
  std::cout << "again with: " << command(wanted, seed) << " --only " << chosen << " --trace" << std::endl;
}

/// Plays one seed. `alone`: it is told as a whole, not only when it fails.
bool run_one(const wishes& wanted, std::uint64_t seed, const std::vector<planned_fault>& faults,
             const std::vector<std::size_t>& which, bool alone) {
  exactly_once_run what{.seed = seed, .faults = only(faults, which), .trace = {}};
  if (wanted.trace)
    what.trace = [](const std::string& line) { std::cout << line << '\n'; };
  auto seen = play(what);
  bool sound = seen.trouble.empty();
  if (alone || !sound) {
    std::cout << "seed " << seed << ": " << seen.settings << '\n';
    print_faults(faults, which);
    if (!wanted.trace) {
      std::cout << "timeline:\n";
      for (const std::string& event : seen.timeline)
        std::cout << "  " << event << '\n';
    }
    std::cout << seen.steps << " steps, " << seen.checkpoints << " checkpoints, " << seen.restarts
              << " restarts, trace " << std::hex << seen.trace << std::dec << '\n';
    std::cout << (sound ? "passed" : "FAILED: " + seen.trouble) << std::endl;
  }
  if (!sound)
    shrink_and_print(wanted, seed, faults, which);
  return sound;
}

/// The numbers of --only, of so many faults.
result<std::vector<std::size_t>> find_only(const wishes& wanted, std::size_t faults) {
  std::vector<std::size_t> which;
  if (wanted.only.empty()) {
    which.resize(faults);
    std::iota(which.begin(), which.end(), 0);
  } else if (wanted.only != std::vector<std::string>{"none"}) {
    for (const std::string& text : wanted.only) {
      std::size_t number = 0;
      auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (wrong != std::errc{} || end != text.data() + text.size() || number >= faults)
        return error{errc::invalid_argument, "--only: '" + text + "' is none of the " +
                                                 std::to_string(faults) + " faults of the seed"};
      which.push_back(number);
    }
    std::ranges::sort(which);
    which.erase(std::ranges::unique(which).begin(), which.end());
  }
  return which;
}

/// What is wrong with the options; empty: nothing.
std::string find_kinds(const wishes& wanted, std::vector<fault_kind>& kinds) {
  if (wanted.kinds.empty())
    kinds = all_fault_kinds();
  for (const std::string& name : wanted.kinds) {
    auto kind = read_fault_kind(name);
    if (!kind)
      return "--faults: there is no kind '" + name + "'; --help lists them";
    kinds.push_back(*kind);
  }
  return {};
}

int run_scripts(wishes& wanted) {
  wanted.scripts.seed = wanted.seed;
  wanted.scripts.seeds = wanted.seeds;
  wanted.scripts.trace = wanted.trace;
  auto passed = play_scripts(wanted.scripts);
  if (!passed) {
    print_error("weir-sim", passed.failure().message());
    return exit_wrong_usage;
  }
  return *passed ? exit_done : exit_failed;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Plays the job of examples/exactly_once on a simulated cluster with faults: real master and workers,\n"
      "virtual time, simulated network and disk. The seed says all that happens. With --script it is a "
      "script of\n"
      "weir-scenario that says what breaks, and the seed in which of all orders the rest happens.",
      "weir-sim"};
  wishes wanted;
  app.add_option("--seed", wanted.seed, "The run, or the first of several")->capture_default_str();
  app.add_option("--seeds", wanted.seeds, "How many runs, with one seed after the other")
      ->capture_default_str();
  auto* scripts =
      app.add_option("--script", wanted.scripts.files,
                     "Plays these scripts of weir-scenario, each with each seed, instead of faults that "
                     "the seed draws")
          ->type_name("FILE.scn ...");
  app.add_option("--set", wanted.scripts.assignments,
                 "Gives a variable of scripts this value, whatever 'let' says")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE")
      ->needs(scripts);
  app.add_flag("--skip", wanted.scripts.skip,
               "Leaves out scripts that mean nothing in the simulation and says why, instead of refusing all")
      ->needs(scripts);
  app.add_option("--faults", wanted.kinds, "Kinds of faults that the seed chooses from; all if not given")
      ->delimiter(',')
      ->type_name("KIND,...")
      ->excludes(scripts);
  app.add_option("--only", wanted.only,
                 "Numbers of the faults to play, as they are listed, or 'none'; all if not given")
      ->delimiter(',')
      ->type_name("N,...")
      ->excludes(scripts);
  app.add_flag("--trace", wanted.trace, "Prints each step of each actor");
  app.add_option("--log-level", wanted.log_level, "Least severe log lines of the nodes, with wall time")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  app.set_version_flag("--version", "weir " + std::string{version()} + " (" WEIR_BUILD_COMMIT ")");
  app.footer(list_of_kinds() +
             "\nA run that fails is played again without each of its faults, until none can be spared.\n"
             "The exit status is 0 if all runs passed, 1 if one failed. docs/simulation.md says more.");
  if (auto ended = parse_command_line(app, argc, argv))
    return *ended;
  log::set_level(wanted.log_level);
  if (!wanted.scripts.files.empty())
    return run_scripts(wanted);
  std::vector<fault_kind> kinds;
  if (auto wrong = find_kinds(wanted, kinds); !wrong.empty()) {
    print_error("weir-sim", wrong);
    return exit_wrong_usage;
  }
  bool all_passed = true;
  for (std::uint64_t seed = wanted.seed; seed < wanted.seed + wanted.seeds; ++seed) {
    auto faults = plan_faults(seed, kinds);
    auto which = find_only(wanted, faults.size());
    if (!which) {
      print_error("weir-sim", which.failure().message());
      return exit_wrong_usage;
    }
    all_passed = run_one(wanted, seed, faults, *which, wanted.seeds == 1) && all_passed;
  }
  if (wanted.seeds > 1)
    std::cout << (all_passed ? "all passed" : "some failed") << std::endl;
  return all_passed ? exit_done : exit_failed;
}
