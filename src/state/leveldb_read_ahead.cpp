#include "state/leveldb_read_ahead.hpp"

#include <algorithm>
#include <cstring>

namespace weir {

result<std::size_t> leveldb_read_ahead::read_at(readable_file& file, std::uint64_t number,
                                                std::uint64_t offset, std::span<char> into) {
  if (into.size() > piece_size / 2)
    return file.read_at(offset, into);
  piece& held = piece_of(number);
  bool inside = offset >= held.begin && offset + into.size() <= held.begin + held.bytes.size();
  if (!inside) {
    held.begin = offset;
    held.bytes.resize(piece_size);
    auto count = file.read_at(offset, held.bytes);
    held.bytes.resize(count ? *count : 0);
    if (!count)
      return count.failure();
  }
  std::size_t count = std::min(into.size(), held.bytes.size() - (offset - held.begin));
  std::memcpy(into.data(), held.bytes.data() + (offset - held.begin), count);
  return count;
}

leveldb_read_ahead::piece& leveldb_read_ahead::piece_of(std::uint64_t file) {
  for (piece& each : pieces_)
    if (each.file == file)
      return each;
  piece& oldest = pieces_[next_++ % pieces];
  oldest.file = file;
  oldest.bytes.clear();
  return oldest;
}

} // namespace weir
