#pragma once

#include "../../rest/example_job.hpp"
#include "../../rest/rest_fixture.hpp"

#include "command.hpp"

#include <string>
#include <vector>

namespace weir::testing {

/// A cluster as the master's own handlers describe it, without a server between: two workers of two slots and
/// a running word count, unless a test says otherwise.
class example_cluster : public tools::shell::cluster {
public:
  rest_fixture rest;
  std::vector<std::string> asked; ///< paths, in order

  example_cluster();

  /// Adds a job that looks like the example's but for these.
  void add_job(job_id id, const std::string& name, job_state state, std::int64_t start_wall_ms);

  result<nlohmann::json> get(const std::string& path) override;
  std::int64_t wall_ms() override { return rest.clock.wall_ms(); }
};

/// What the command `line` shows, without colours. Requires that it succeeds.
std::string shown(tools::shell::cluster& of, const std::string& line);

/// The error of the command `line`. Requires that it fails.
error failure_of(tools::shell::cluster& of, const std::string& line);

/// The line of `text` that holds `part`. Requires that there is one.
std::string line_with(const std::string& text, const std::string& part);

} // namespace weir::testing
