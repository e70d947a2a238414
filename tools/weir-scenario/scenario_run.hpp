#pragma once

#include "checks.hpp"
#include "node_group.hpp"
#include "script.hpp"
#include "timeline.hpp"

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>

namespace weir::scenario {

struct run_settings {
  std::filesystem::path folder;                 ///< for all that the scenario writes
  std::filesystem::path programs;               ///< with weir and weir-node
  std::uint64_t seed = 0;                       ///< of what the script leaves to chance
  std::map<std::string, std::string> variables; ///< whatever `let` says of them
  /// Asked again and again: is the scenario to be given up?
  std::function<bool()> is_interrupted = [] { return false; };
};

/// Does what a script says, once.
class scenario_run {
public:
  scenario_run(const script& what, run_settings settings, timeline& events);

  /// An error is "FILE:LINE: statement: what is wrong", of the first statement that failed. What follows the
  /// last statement of every script: all nodes end, and nothing of them is left.
  result<void> run();

private:
  struct performer;

  result<void> run(const std::vector<statement>& statements);
  result<void> perform(const statement& each);
  [[nodiscard]] result<std::string> value_of(const std::string& variable) const;
  [[nodiscard]] std::filesystem::path checkpoints_of_job() const;

  const script& script_;
  run_settings settings_;
  timeline& events_;
  node_group nodes_;
  std::mt19937_64 random_;
  std::map<std::string, std::string> variables_;
  variable_lookup lookup_ = [this](const std::string& name) { return value_of(name); };
  std::string job_;
};

} // namespace weir::scenario
