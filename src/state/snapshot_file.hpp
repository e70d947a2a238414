#pragma once

#include "state/snapshot_options.hpp"

#include <weir/detail/state.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

/// The frame of a snapshot file, which holds what one subtask had at one moment. Numbers are little-endian;
/// docs/formats/snapshot.md says why it looks as it does.
///
///     file      head block* index trailer
///     head      magic:8 version:4 length:4 SnapshotHead checksum:8
///     block     snapshot_block.hpp
///     index     SnapshotIndex: where each state's key groups are
///     trailer   index_offset:8 index_length:8 checksum:8 magic:8
///     checksum  of the head: XXH3 of what lies before it in the file; of the trailer: of what lies before
///               it, from the begin of the index
///
/// SnapshotHead and SnapshotIndex are messages of schemas/state.capnp. Every byte is under a checksum or is
/// compared with what it must be.
namespace weir {

inline constexpr std::string_view snapshot_head_magic = "weirsnap";
inline constexpr std::string_view snapshot_trailer_magic = "weir-end";
inline constexpr std::uint32_t snapshot_version = 1;
inline constexpr std::size_t snapshot_prefix_size = 16;
inline constexpr std::size_t snapshot_checksum_size = 8;
inline constexpr std::size_t snapshot_trailer_size = 32;

/// Raw bytes of a block: it is cut behind the entry that passes the size wanted.
inline std::uint64_t snapshot_block_size_max(const snapshot_options& options) {
  return detail::state_block::size_wanted + options.entry_size_max;
}

/// Whether the state belongs to subtasks rather than to keys: its blocks have only values, in order.
inline bool is_operator_state(detail::state_kind kind) {
  return kind >= detail::state_kind::operator_list;
}

} // namespace weir
