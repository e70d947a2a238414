#pragma once

#include "cluster.hpp"
#include "script.hpp"
#include "timeline.hpp"

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>

namespace weir::scenario {

struct run_settings {
  std::string folder;                           ///< for all that the scenario writes
  std::string programs;                         ///< with weir and weir-node
  std::uint64_t seed = 0;                       ///< of what the script leaves to chance
  std::map<std::string, std::string> variables; ///< whatever `let` says of them
  /// Asked again and again: is the scenario to be given up?
  std::function<bool()> is_interrupted = [] { return false; };
};

/// Does what a script says to a cluster, once.
class scenario_run {
public:
  scenario_run(const script& what, run_settings settings, cluster& on, timeline& events);

  /// An error is "FILE:LINE: statement: what is wrong", of the first statement that failed. What follows the
  /// last statement of every script: all nodes end, and nothing of them is left.
  result<void> run();

private:
  struct performer;

  result<void> run(const std::vector<statement>& statements);
  result<void> perform(const statement& each);
  [[nodiscard]] result<std::string> value_of(const std::string& variable) const;
  [[nodiscard]] std::string checkpoints_of_job() const;
  void say(unsigned line, std::string what);

  const script& script_;
  run_settings settings_;
  cluster& nodes_;
  timeline& events_;
  time_point begin_ = nodes_.now();
  std::mt19937_64 random_;
  std::map<std::string, std::string> variables_;
  variable_lookup lookup_ = [this](const std::string& name) { return value_of(name); };
  std::string job_;
};

} // namespace weir::scenario
