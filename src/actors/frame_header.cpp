#include "actors/frame_header.hpp"

#include "actors/little_endian.hpp"

namespace weir::actors {

std::array<char, frame_header_size> encode(const frame_header& header) {
  std::array<char, frame_header_size> bytes{};
  store_little_endian(bytes.data(), header.length);
  bytes[4] = static_cast<char>(header.kind);
  store_little_endian(bytes.data() + 8, header.route);
  return bytes;
}

std::optional<frame_header> decode_frame_header(std::span<const char> bytes) {
  if (bytes.size() != frame_header_size || bytes[5] != 0 || bytes[6] != 0 || bytes[7] != 0)
    return std::nullopt;
  auto kind = static_cast<std::uint8_t>(bytes[4]);
  if (kind < static_cast<std::uint8_t>(frame_kind::hello) ||
      kind > static_cast<std::uint8_t>(frame_kind::routed))
    return std::nullopt;
  frame_header header{.length = load_little_endian<std::uint32_t>(bytes.data()),
                      .kind = frame_kind{kind},
                      .route = load_little_endian<std::uint64_t>(bytes.data() + 8)};
  if (header.route != 0 && header.kind != frame_kind::routed)
    return std::nullopt;
  return header;
}

} // namespace weir::actors
