#pragma once

#include <cstdint>

namespace weir {

/// Where keyed state is: in hash tables in memory, or in LevelDB behind a cache, so that it may be larger
/// than memory.
enum class state_backend : std::uint8_t { hashmap, leveldb };

} // namespace weir
