#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::tools {

/// Where a master's REST server listens.
struct rest_address {
  std::string host; ///< a name or an address, IPv6 without brackets
  std::uint16_t port = 0;
  bool operator==(const rest_address&) const = default;
};

/// What `-m` and `--master` mean when they are not given.
inline constexpr const char* default_master = "127.0.0.1:8081";

/// Reads "HOST:PORT", "[IPV6]:PORT", or either after "http://". Errors say what is expected.
result<rest_address> parse_rest_address(std::string_view text);

/// "HOST:PORT", an IPv6 address in brackets.
std::string to_string(const rest_address& address);

} // namespace weir::tools
