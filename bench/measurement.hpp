#pragma once

#include "bench_case.hpp"

#include <string>
#include <utility>
#include <vector>

namespace bench {

/// The runs of one side of a case.
struct side {
  std::string name;
  std::vector<double> values;       ///< the case's unit, one a round
  std::vector<double> cpu_seconds;  ///< of all processes that took part, one a round
  std::vector<double> wall_seconds; ///< of whole calls, as the processor time is

  [[nodiscard]] double median() const;
  [[nodiscard]] std::pair<double, double> range() const;
  /// Processor time per second of wall time: 1 is one busy core.
  [[nodiscard]] double cores() const;
};

struct comparison {
  std::string name;
  std::string variant;
  std::string unit;
  quantity kind = quantity::rate;
  double target = 0;
  double floor = 0;
  side weir;
  side limit;
  std::vector<side> references;
  std::string failure; ///< not empty: the sides did not compute the same, or a run failed

  /// How near weir comes to the limit: above 1 is better than it. Of medians.
  [[nodiscard]] double ratio() const;
  /// The same per second of processor time, whatever the number of cores; 0 for a time.
  [[nodiscard]] double cpu_ratio() const;
};

/// Runs limit, weir and references in turn, round by round, so that a busy machine hits all of them alike: at
/// least five rounds, more while `seconds` have not passed. One unmeasured round of each comes first.
comparison compare(const bench_case& question, double seconds);

} // namespace bench
