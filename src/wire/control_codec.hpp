#pragma once

#include "base/result.hpp"
#include "wire/control_messages.hpp"

#include <span>
#include <vector>

namespace weir {

/// Cap'n Proto bytes of `schemas/control.capnp`.
std::vector<char> encode(const control_message& message);

/// Any bytes are allowed, at any address; errors are `corrupt`. What comes back holds at most a few times the
/// memory of `bytes`. Its contents are what the sender says: sessions, attempts, indices and hashes are for
/// the receiver to check.
result<control_message> decode_control(std::span<const char> bytes);

} // namespace weir
