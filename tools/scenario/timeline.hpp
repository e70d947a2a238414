#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace weir::scenario {

/// What was done and seen during a scenario, with when.
class timeline {
public:
  /// `shown`: where each entry goes at once as well; nullptr: nowhere.
  explicit timeline(std::ostream* shown) : shown_{shown} {}

  /// `line`: of the script; 0: of none. `at_seconds`: since the scenario began.
  void add(double at_seconds, unsigned line, std::string what);
  void print(std::ostream& out) const;

private:
  struct entry {
    double seconds = 0;
    unsigned line = 0;
    std::string what;
  };

  static void print(std::ostream& out, const entry& each);

  std::ostream* shown_;
  std::vector<entry> entries_;
};

} // namespace weir::scenario
