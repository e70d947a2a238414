#pragma once

#include "temporary_folder.hpp"
#include "test_cluster.hpp"

#include <string>
#include <vector>

namespace weir::testing {

/// One run of an example at parallelism 2, in an output folder of its own. Fails the test when the job fails.
class example_run {
public:
  /// `backend` is "hashmap", "leveldb", or empty for what the nodes say.
  example_run(const test_cluster& cluster, const std::string& backend, const std::string& example,
              std::vector<std::string> arguments);

  /// What stands in the part files of the output folder or of a folder in it, in byte order.
  [[nodiscard]] std::vector<std::string> lines(const std::string& folder = "") const;

private:
  temporary_folder output_;
};

/// Every backend that a job can choose.
inline const std::vector<std::string> backends{"hashmap", "leveldb"};

/// Lines that are missing in `actual` or too much, the first few of them; empty when there are none.
std::string difference(std::vector<std::string> expected, std::vector<std::string> actual);

/// Fields with tabs between.
template <class... Field>
std::string line_of(const Field&... fields) {
  std::string line;
  auto add = [&](const auto& field) {
    if constexpr (requires { std::to_string(field); })
      line += std::to_string(field) + '\t';
    else
      line += field + '\t';
  };
  (add(fields), ...);
  line.pop_back();
  return line;
}

} // namespace weir::testing
