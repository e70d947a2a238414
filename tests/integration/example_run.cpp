#include "example_run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <utility>

namespace weir::testing {

example_run::example_run(const test_cluster& cluster, const std::string& backend, const std::string& example,
                         std::vector<std::string> arguments) {
  std::vector<std::string> options{"-p", "2"};
  if (!backend.empty())
    options.insert(options.end(), {"-D", "state.backend.type=" + backend});
  arguments.push_back("--output=" + output_ / "out");
  outcome done = cluster.run(options, built_example(example), arguments);
  REQUIRE_MESSAGE(done.succeeded(), done.text());
}

std::vector<std::string> example_run::lines(const std::string& folder) const {
  std::vector<std::string> all;
  for (const auto& part : std::filesystem::directory_iterator{output_ / ("out/" + folder)}) {
    if (!part.path().filename().string().starts_with("part-"))
      continue;
    std::istringstream written{read_file(part.path())};
    for (std::string line; std::getline(written, line);)
      all.push_back(line);
  }
  std::ranges::sort(all);
  return all;
}

std::string difference(std::vector<std::string> expected, std::vector<std::string> actual) {
  constexpr std::size_t shown = 10;
  std::ranges::sort(expected);
  std::ranges::sort(actual);
  std::string all;
  auto add = [&](const char* what, const std::vector<std::string>& from,
                 const std::vector<std::string>& less) {
    std::vector<std::string> lines;
    std::ranges::set_difference(from, less, std::back_inserter(lines));
    for (std::size_t i = 0; i < std::min(shown, lines.size()); ++i)
      all += what + lines[i] + '\n';
    if (lines.size() > shown)
      all += what + std::string{"and "} + std::to_string(lines.size() - shown) + " more\n";
  };
  add("missing: ", expected, actual);
  add("too much: ", actual, expected);
  return all;
}

} // namespace weir::testing
