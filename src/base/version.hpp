#pragma once

#include <string_view>

namespace weir {

/// Of this build: "0.1.0". Nodes with different versions do not talk to each other.
std::string_view version();

} // namespace weir
