#include "cases.hpp"
#include "measurement.hpp"
#include "report.hpp"

#include "temporary_folder.hpp"

#include "base/log.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

constexpr double default_seconds = 10;

struct options {
  bool json = false;
  double seconds = default_seconds;
  std::vector<std::string> names;
};

void print(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

/// Runs what was asked for. Returns whether all of it could be measured.
bool run_benches(const options& chosen) {
  weir::testing::temporary_folder folder;
  bench::bench_settings settings{.scale = std::min(1.0, chosen.seconds / default_seconds),
                                 .folder = folder.path().string()};
  bool measured = true;
  if (!chosen.json)
    print(bench::table_heading());
  for (const auto& entry : bench::all_benches()) {
    if (!chosen.names.empty() && std::ranges::find(chosen.names, entry.name) == chosen.names.end())
      continue;
    for (const auto& question : entry.make(settings)) {
      auto result = compare(question, chosen.seconds);
      measured = measured && result.failure.empty();
      print(chosen.json ? json_line(result) : table_line(result));
    }
  }
  return measured;
}

} // namespace

int main(int argc, char** argv) {
  options chosen;
  std::vector<std::string> known;
  for (const auto& entry : bench::all_benches())
    known.push_back(entry.name);

  CLI::App app{"Compares weir with hand-written loops."};
  app.name("bench/run");
  app.add_flag("--json", chosen.json, "One line of JSON for each result instead of a table");
  app.add_option("--seconds", chosen.seconds, "How long to measure each case; below 10 the inputs shrink too")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  app.add_option("NAME", chosen.names, "Which benches; all of them by default")->check(CLI::IsMember(known));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return app.exit(failure) == 0 ? 0 : 2;
  }

  weir::log::set_level("warn");
  try {
    return run_benches(chosen) ? 0 : 1;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench/run: %s\n", failure.what());
    return 1;
  }
}
