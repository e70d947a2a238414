#pragma once

#include <string>

namespace weir::simulation {

class script_cluster;

/// Makes a simulation the one that user code finds around it, see tests/jobs/outside_world.hpp. There is at
/// most one at a time.
class world_scope {
public:
  explicit world_scope(script_cluster& world);
  ~world_scope();
  world_scope(const world_scope&) = delete;
  world_scope& operator=(const world_scope&) = delete;
};

/// Does code of that job wait for the world? Its steps must be able to stop then.
bool waits_in_user_code(const std::string& library);

} // namespace weir::simulation
