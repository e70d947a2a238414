#pragma once

#include "base/result.hpp"
#include "wire/completed_checkpoint.hpp"
#include "wire/sealed_bytes.hpp"

#include <span>
#include <string>
#include <vector>

namespace weir {

inline constexpr sealed_format checkpoint_format{"weir-chk", 1, "checkpoint metadata"};

/// The bytes of a metadata file: `schemas/checkpoint.capnp`, sealed. Paths below the folder `home` are
/// written without it, so that the whole of it may be moved.
std::vector<char> encode_checkpoint(const completed_checkpoint& checkpoint, const std::string& home);

/// Any bytes are allowed; errors are `corrupt` and name file and byte. What comes back is possible in itself:
/// it has an id, each vertex has subtasks, at most max_parallelism, and chains begin with a full file.
result<completed_checkpoint> decode_checkpoint(std::span<const char> bytes, const std::string& path,
                                               const std::string& home);

} // namespace weir
