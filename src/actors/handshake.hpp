#pragma once

#include "actors/node.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The first frame each way on a connection.
///
///     hello    := "weirnode" protocol:u32 version:text abi:text role:u8 incarnation:u64{2} epoch:u64 met:u32
///     refusal  := why:u8 sentence:text
///     text     := length:u16 byte{length}
///
/// What stands before `role` keeps its form in all versions, so that two versions can name each other.
namespace weir::actors {

inline constexpr std::uint32_t protocol_version = 1;

/// The most bytes of a hello, hello_ack or refusal: all that is read from a peer that has not said who it is.
inline constexpr std::size_t handshake_bytes_max = 1024 - 16;

/// What a node says of itself.
struct node_identity {
  incarnation_id self;
  node_role role = node_role::worker;
  leader_epoch epoch; ///< of a master
  std::uint32_t protocol = protocol_version;
  std::string version; ///< of weir
  std::string abi;     ///< WEIR_ABI
};

struct hello {
  node_identity node;
  /// How many connections with the receiver the sender has seen come up. It tells a new connection after a
  /// break from two that were dialled at once.
  std::uint32_t met = 0;
};

enum class refusal_reason : std::uint8_t {
  version = 1, ///< another version or ABI
  duplicate,   ///< there is, or will be, another connection between the two
  itself,      ///< the node dialled itself
};

struct refusal {
  refusal_reason why = refusal_reason::version;
  std::string sentence;
};

byte_buffer encode(const hello& greeting);
byte_buffer encode(const refusal& answer);

result<hello> decode_hello(std::span<const char> bytes);
result<refusal> decode_refusal(std::span<const char> bytes);

/// Empty if two nodes may talk; else the sentence that says why not and what to do.
std::string incompatibility(const node_identity& here, const node_identity& there);

} // namespace weir::actors
