#include "node_group.hpp"
#include "own_processes.hpp"
#include "scenario_run.hpp"
#include "script_files.hpp"
#include "timeline.hpp"

#include "base/platform.hpp"
#include "program_options.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::tools;
using namespace weir::scenario;

namespace {

volatile std::sig_atomic_t is_interrupted = 0;

/// The scenario that runs fails then, its nodes end with it, and no other one begins.
void note_interruptions() {
  struct sigaction noting {};
  noting.sa_handler = [](int) { is_interrupted = 1; };
  for (int number : {SIGINT, SIGTERM, SIGHUP})
    ::sigaction(number, &noting, nullptr);
}

struct wishes {
  std::vector<std::string> files;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> assignments;
  std::map<std::string, std::string> variables; ///< what the assignments say
  bool keep = false;
  bool verbose = false;
};

std::filesystem::path new_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "weir-scenario-XXXXXX";
  if (!::mkdtemp(pattern.data()))
    throw std::runtime_error{"cannot create " + pattern};
  return pattern;
}

/// Runs one script, prints its line, and what is to be known if it failed.
bool run_one(const script& what, const wishes& wanted, std::uint64_t seed, platform& system) {
  auto folder = new_folder();
  auto programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  timeline events{wanted.verbose ? &std::cout : nullptr};
  auto begin = system.clock().now();
  result<void> done;
  try {
    node_group nodes{{.folder = folder, .programs = programs, .script = what.file}, system};
    if (breaks_disks(what.statements))
      nodes.allow_disk_faults();
    scenario_run run{what,
                     {.folder = folder,
                      .programs = programs,
                      .seed = seed,
                      .variables = wanted.variables,
                      .is_interrupted = [] { return is_interrupted != 0; }},
                     nodes,
                     events};
    done = run.run();
  } catch (const std::exception& failure) {
    done = error{errc::failed, failure.what()};
  }
  std::printf("%s %s (%.1f s, seed %llu)\n", done ? "passed" : "FAILED", what.file.c_str(),
              std::chrono::duration<double>(system.clock().now() - begin).count(),
              static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  if (done && !wanted.keep) {
    std::filesystem::remove_all(folder);
    return true;
  }
  if (!done) {
    std::cout << "  " << done.failure().message() << '\n';
    if (!wanted.verbose)
      events.print(std::cout);
  }
  std::cout << "  logs and files: " << folder.string() << std::endl;
  return done.has_value();
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs failure scripts against a cluster of real processes.", "weir-scenario"};
  wishes wanted;
  app.add_option("FILE", wanted.files, "Scripts to run, one after the other")
      ->required()
      ->type_name("FILE.scn");
  app.add_flag("--keep", wanted.keep, "Keeps the folder with logs and files also when a scenario passed");
  app.add_flag("--verbose", wanted.verbose, "Prints what is done and seen at once");
  app.add_option("--seed", wanted.seed, "Repeats what a run with this seed left to chance");
  app.add_option("--set", wanted.assignments, "Gives a variable this value, whatever 'let' says")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  program_options common{app};
  app.footer("The last line is 'N passed, N failed'; the exit status is 0 if all passed. docs/scenarios.md "
             "describes the language.");
  if (auto ended = parse_command_line(app, argc, argv))
    return *ended;

  auto environment = make_system_platform();
  if (auto settings = common.load(*environment); !settings) {
    print_error("weir-scenario", settings.failure().message());
    return exit_wrong_usage;
  }
  auto scripts = read_scripts(wanted.files, environment->files());
  if (!scripts) {
    print_error("weir-scenario", scripts.failure().message());
    return exit_wrong_usage;
  }
  auto variables = read_assignments(wanted.assignments, *scripts);
  if (!variables) {
    print_error("weir-scenario", variables.failure().message());
    return exit_wrong_usage;
  }
  wanted.variables = *std::move(variables);
  adopt_orphans();
  note_interruptions();
  constexpr std::uint64_t short_seeds = 1'000'000'000; // they are typed again
  std::uint64_t seed = wanted.seed.value_or(environment->random().next() % short_seeds);
  std::size_t passed = 0, failed = 0;
  for (const script& each : *scripts)
    if (is_interrupted == 0)
      ++(run_one(each, wanted, seed, *environment) ? passed : failed);
  std::cout << passed << " passed, " << failed << " failed" << std::endl;
  return failed == 0 ? exit_done : exit_failed;
}
