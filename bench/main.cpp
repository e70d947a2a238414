#include "cases.hpp"
#include "report.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

/// Input for the benches; gone at the end.
class input_folder {
public:
  input_folder()
      : path_{std::filesystem::temp_directory_path() / ("weir-bench-" + std::to_string(::getpid()))} {
    std::filesystem::create_directories(path_);
  }
  input_folder(const input_folder&) = delete;
  ~input_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Compares weir with hand-written single-threaded loops on the same work, in turn in one run.",
               "bench/run"};
  std::vector<std::string> names;
  bool json = false;
  double seconds = 0;
  bench::bench_settings settings;
  app.add_option("NAME", names, "Benches to run; all without a name");
  app.add_flag("--json", json, "One line of JSON a result");
  app.add_option("--seconds", seconds, "Least time for each bench; at least five rounds are run in any case");
  app.add_option("--scale", settings.scale, "Size of the input: 1 is what docs/benchmarks.md tells of")
      ->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);

  try {
    input_folder folder;
    settings.folder = folder.path();
    auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    std::string library = here / "bench_jobs.so";
    auto cases = bench::in_process_cases(settings, std::make_shared<bench::job_runner>(library));
    for (auto& each : bench::process_cases(settings, here.parent_path() / "tools", library))
      cases.push_back(std::move(each));

    auto is_known = [&](const std::string& name) {
      return std::ranges::any_of(cases, [&](auto& c) { return c.name == name; });
    };
    for (const std::string& name : names)
      if (!is_known(name)) {
        std::fprintf(stderr, "bench/run: there is no bench \"%s\"\n", name.c_str());
        return 2;
      }
    if (!json)
      std::puts(bench::table_heading().c_str());
    bool failed = false;
    for (const auto& each : cases) {
      if (!names.empty() && std::ranges::find(names, each.name) == names.end())
        continue;
      auto result = bench::compare(each, seconds);
      std::puts((json ? bench::json_line(result) : bench::table_line(result)).c_str());
      std::fflush(stdout);
      failed = failed || !result.failure.empty();
    }
    return failed ? 1 : 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench/run: %s\n", failure.what());
    return 1;
  }
}
