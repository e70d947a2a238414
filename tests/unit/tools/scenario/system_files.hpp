#pragma once

#include "base/platform.hpp"

namespace weir::testing {

/// Those of the machine.
inline file_system& files() {
  static const auto system = make_system_platform();
  return system->files();
}

} // namespace weir::testing
