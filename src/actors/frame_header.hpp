#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

/// What precedes each payload between two nodes; all integers little-endian.
///
///     frame   := length:u32 kind:u8 0:u8 0:u16 route:u64 payload:byte{length}
///     kind    := 1 hello | 2 hello_ack | 3 refusal | 4 control | 5 routed
///     route   : of a routed frame; else 0
///
/// The first frame of a connection is a hello from the side that dialled, answered by a hello_ack or a
/// refusal.
namespace weir::actors {

enum class frame_kind : std::uint8_t { hello = 1, hello_ack, refusal, control, routed };

struct frame_header {
  std::uint32_t length = 0;
  frame_kind kind = frame_kind::hello;
  std::uint64_t route = 0;
};

inline constexpr std::size_t frame_header_size = 16;

std::array<char, frame_header_size> encode(const frame_header& header);

/// Nothing if these are not the bytes of a header. The length is as claimed: the caller checks it against its
/// limit.
std::optional<frame_header> decode_frame_header(std::span<const char> bytes);

} // namespace weir::actors
