#pragma once

#include <cstdint>
#include <vector>

namespace weir::actors {

using byte_buffer = std::vector<char>;

enum class node_role : std::uint8_t { master = 1, worker = 2 };

} // namespace weir::actors
