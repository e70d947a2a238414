#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::scenario {

/// A TCP port that nobody listens on at any of the hosts, and that the system gives to nobody by itself.
/// Throws std::runtime_error when there is none.
std::uint16_t unused_port(const std::vector<std::string>& hosts);

/// Can one listen there?
bool is_free(const std::string& host, std::uint16_t port);

} // namespace weir::scenario
