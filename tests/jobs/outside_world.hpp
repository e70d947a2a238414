#pragma once

#include <string>

/// What user code that misbehaves needs of the world: of the system, or, where the job is linked into
/// weir-sim, of the simulation (tools/weir-sim/simulated_world.cpp).
namespace outside_world {

/// With the folder it is in. False: it is there already.
bool create_file(const std::string& path);

bool is_there(const std::string& path);

/// Lets time pass.
void pass(unsigned us);

/// Does not return.
[[noreturn]] void stand_still();

} // namespace outside_world
