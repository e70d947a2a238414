#include "connectors/text_files/line_reader.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace weir {

namespace {

constexpr std::size_t block_size_min = 4 * 1024;
constexpr std::size_t block_size_max = 64 * 1024; // fits the second-level cache beside what is made of it

} // namespace

line_reader::line_reader(std::unique_ptr<readable_file> file, file_range range, std::size_t max_line_size)
    : file_{std::move(file)},
      range_{std::move(range)},
      max_line_size_{max_line_size},
      next_line_{range_.begin} {}

result<line_reader> line_reader::open(file_system& files, file_range range, std::size_t max_line_size) {
  auto file = files.open(range.path);
  if (!file)
    return file.failure();
  line_reader reader{std::move(*file), std::move(range), max_line_size};
  if (auto skipped = reader.skip_to_first_line(); !skipped)
    return skipped.failure();
  return reader;
}

result<void> line_reader::skip_to_first_line() {
  if (range_.begin == 0)
    return {};
  // The range begins with a line only if the byte before it ends one.
  std::uint64_t offset = range_.begin - 1;
  std::string block(block_size_min, '\0');
  while (offset < range_.end) {
    auto count = file_->read_at(offset, block);
    if (!count)
      return count.failure();
    if (*count == 0)
      break;
    if (const void* newline = std::memchr(block.data(), '\n', *count)) {
      next_line_ = offset + static_cast<std::uint64_t>(static_cast<const char*>(newline) - block.data()) + 1;
      return {};
    }
    offset += *count;
  }
  next_line_ = range_.end;
  return {};
}

result<void> line_reader::add_lines(detail::batch<text>& lines, const char*& from, const char* end,
                                    bool at_end_of_file) {
  while (lines.size < detail::batch<text>::capacity && next_line_ < range_.end && from < end) {
    auto* newline = static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(end - from)));
    if (!newline && !at_end_of_file)
      return {};
    const char* line_end = newline ? newline : end;
    const char* next = newline ? newline + 1 : end;
    if (newline && line_end != from && line_end[-1] == '\r')
      --line_end;
    auto size = static_cast<std::size_t>(line_end - from);
    if (size > max_line_size_)
      return too_long();
    lines.values()[lines.size++] = text{std::string_view{from, size}};
    next_line_ += static_cast<std::uint64_t>(next - from);
    from = next;
  }
  return {};
}

error line_reader::too_long() const {
  return error{errc::invalid_argument, range_.path + " has a line of more than " +
                                           std::to_string(max_line_size_) + " bytes at offset " +
                                           std::to_string(next_line_) + ": is it a text file?"};
}

result<void> line_reader::read(detail::batch<text>& lines) {
  // What is left of the last block counts as part of this one: were a whole block added to it each time, it
  // would grow by what the batches do not take, until it is most of the file.
  std::size_t block_size = std::max(block_size_, rest_.size());
  while (next_line_ < range_.end) {
    char* block = lines.bytes.reserve(block_size);
    std::memcpy(block, rest_.data(), rest_.size());
    std::size_t wanted = block_size - rest_.size();
    auto count = file_->read_at(next_line_ + rest_.size(), {block + rest_.size(), wanted});
    if (!count)
      return count.failure();
    const char* from = block;
    const char* end = block + rest_.size() + *count;
    if (from == end)
      return error{errc::failed, range_.path + " has become shorter while it was read: it ends at offset " +
                                     std::to_string(next_line_)};
    if (auto added = add_lines(lines, from, end, *count < wanted); !added)
      return added;
    rest_.assign(from, end);
    if (lines.size != 0) {
      auto line_length = static_cast<std::size_t>(from - block) / lines.size + 1;
      block_size_ = std::clamp(line_length * detail::batch<text>::capacity, block_size_min, block_size_max);
      return {};
    }
    if (rest_.size() > max_line_size_ + 1) // it may still end with a '\r' that does not count
      return too_long();
    lines.bytes.clear();
    block_size = std::max(2 * rest_.size(), block_size_min);
  }
  next_line_ = range_.end;
  return {};
}

} // namespace weir
