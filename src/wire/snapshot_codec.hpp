#pragma once

#include "base/result.hpp"
#include "wire/snapshot_messages.hpp"

#include <span>
#include <vector>

namespace weir {

/// Cap'n Proto bytes of `schemas/state.capnp`.
std::vector<char> encode(const snapshot_head& head);
std::vector<char> encode_snapshot_index(const std::vector<snapshot_run>& runs);

/// Any bytes are allowed; errors are `corrupt`. Subtask, parallelism and key groups of a head that comes back
/// are possible together, and no operator has two states of one name.
result<snapshot_head> decode_snapshot_head(std::span<const char> bytes);

/// The runs as they are written: only who knows the file can say whether they lie in it.
result<std::vector<snapshot_run>> decode_snapshot_index(std::span<const char> bytes);

} // namespace weir
