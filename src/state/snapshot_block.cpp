#include "state/snapshot_block.hpp"

#include "base/hash.hpp"
#include "state/snapshot_transpose.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <string>

namespace weir {

namespace {

constexpr std::uint32_t block_mark = 0x6b6f6c62; // "blok"
constexpr std::size_t checksum_size = sizeof(std::uint64_t);

/// Compression must save this part of the bytes: raw ones are faster to read.
constexpr std::size_t saving_min = 16;

template <class T>
char* put(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

template <class T>
void get(const char*& from, T& value) {
  std::memcpy(&value, from, sizeof value);
  from += sizeof value;
}

void put_header(char* to, const snapshot_block_header& header) {
  for (std::uint32_t number : {header.state, header.key_group, header.entries, header.removed,
                               header.keys.raw, header.keys.stored, header.values.raw, header.values.stored})
    to = put(to, number);
  for (const auto& column : {header.keys, header.values})
    to = put(put(to, column.codec), column.stride);
  put(to, block_mark);
}

/// The size of a column's entries, size byte included, when all are equal and small; else 0.
std::size_t equal_entry_size(std::span<const char> column) {
  if (column.empty())
    return 0;
  auto size = static_cast<unsigned char>(column[0]);
  std::size_t stride = std::size_t{size} + 1;
  if (stride < 2 || stride > transposed_entry_max || column.size() % stride != 0)
    return 0;
  for (std::size_t at = 0; at < column.size(); at += stride)
    if (static_cast<unsigned char>(column[at]) != size)
      return 0;
  return stride;
}

error refused(std::string what) {
  return error{errc::corrupt, std::move(what)};
}

/// What cannot be with a column; empty when it is possible.
const char* what_is_wrong_with(const snapshot_block_header::column& column) {
  switch (column.codec) {
  case block_codec::none:
    return column.stored != column.raw || column.stride != 0 ? "a raw column of a block has another size"
                                                             : "";
  case block_codec::zstd:
    if (column.stored == 0 || column.raw > column.stored * zstd_ratio_max)
      return "a column of a block cannot be that long";
    if (column.stride != 0 && column.raw % column.stride != 0)
      return "a column of a block is not made of equal rows";
    return "";
  }
  return "there is no such codec of blocks";
}

} // namespace

snapshot_block_encoder::snapshot_block_encoder(const snapshot_options& options)
    : options_{options}, compressor_{options.compression_level} {}

void snapshot_block_encoder::encode(std::uint32_t state, const detail::state_block& from,
                                    detail::raw_bytes& to) {
  assert(from.keys.size() <= std::numeric_limits<std::uint32_t>::max() &&
         from.values.size() <= std::numeric_limits<std::uint32_t>::max());
  std::size_t start = to.size();
  to.reserve(snapshot_block_header_size + from.size()); // so that the columns do not move the buffer
  to.add(snapshot_block_header_size);
  snapshot_block_header header;
  header.state = state;
  header.key_group = from.key_group;
  header.entries = from.entries;
  header.removed = from.removed;
  header.keys = encode_column(from.keys.bytes(), to);
  header.values = encode_column(from.values.bytes(), to);

  std::size_t size = to.size() - start;
  char* block = to.reserve(0) - size;
  put_header(block + checksum_size, header);
  put(block, hash64({block + checksum_size, size - checksum_size}));
}

snapshot_block_header::column snapshot_block_encoder::encode_column(std::span<const char> from,
                                                                    detail::raw_bytes& to) {
  snapshot_block_header::column column;
  column.raw = static_cast<std::uint32_t>(from.size());
  char* room = to.reserve(from.size());
  if (options_.codec == block_codec::zstd && !from.empty()) {
    std::span<const char> input = from;
    std::size_t stride = equal_entry_size(from);
    if (stride != 0) {
      transposed_.clear();
      char* rows = transposed_.reserve(from.size());
      transpose(from, stride, rows);
      input = {rows, from.size()};
    }
    std::size_t worth_it = from.size() - from.size() / saving_min - 1;
    if (std::size_t size = compressor_.compress(input, {room, worth_it}); size != 0) {
      column.codec = block_codec::zstd;
      column.stride = static_cast<std::uint8_t>(stride);
      column.stored = static_cast<std::uint32_t>(size);
      to.add(size);
      return column;
    }
  }
  std::ranges::copy(from, room);
  to.add(from.size());
  column.stored = column.raw;
  return column;
}

result<snapshot_block_header> snapshot_block_decoder::header(std::span<const char> bytes) const {
  assert(bytes.size() >= snapshot_block_header_size);
  snapshot_block_header header;
  const char* at = bytes.data();
  get(at, header.checksum);
  for (std::uint32_t* number :
       {&header.state, &header.key_group, &header.entries, &header.removed, &header.keys.raw,
        &header.keys.stored, &header.values.raw, &header.values.stored})
    get(at, *number);
  for (auto* column : {&header.keys, &header.values}) {
    get(at, column->codec);
    get(at, column->stride);
  }
  std::uint32_t mark = 0;
  get(at, mark);
  if (mark != block_mark)
    return refused("there is no block");
  for (const auto& column : {header.keys, header.values})
    if (std::string_view wrong = what_is_wrong_with(column); !wrong.empty())
      return refused(std::string{wrong});
  if (header.raw_size() > block_size_max_)
    return refused("a block has " + std::to_string(header.raw_size()) +
                   " bytes, more than state.snapshot.max-entry-size allows");
  return header;
}

result<void> snapshot_block_decoder::decode(const snapshot_block_header& header, std::span<const char> bytes,
                                            detail::state_block& to) {
  assert(bytes.size() == header.size());
  if (hash64(bytes.subspan(checksum_size)) != header.checksum)
    return refused("the checksum of a block is wrong");
  to.key_group = header.key_group;
  to.entries = header.entries;
  to.removed = header.removed;
  if (auto done =
          decode_column(header.keys, bytes.subspan(snapshot_block_header_size, header.keys.stored), to.keys);
      !done)
    return done;
  return decode_column(header.values, bytes.last(header.values.stored), to.values);
}

result<void> snapshot_block_decoder::decode_column(const snapshot_block_header::column& column,
                                                   std::span<const char> from, detail::raw_bytes& to) {
  if (column.codec == block_codec::none) {
    to.clear();
    to.append(from);
    return {};
  }
  to.resize(column.raw);
  std::span<char> raw{to.data(), to.size()};
  if (column.stride != 0) {
    transposed_.clear();
    raw = {transposed_.reserve(column.raw), column.raw};
  }
  if (auto done = decompressor_.decompress(from, raw); !done)
    return done.failure().wrap("a block cannot be decompressed");
  if (column.stride != 0)
    transpose(raw, column.raw / column.stride, to.data());
  return {};
}

} // namespace weir
