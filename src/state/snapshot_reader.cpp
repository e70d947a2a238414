#include "state/snapshot_reader.hpp"

#include "base/hash.hpp"
#include "state/snapshot_block.hpp"
#include "state/snapshot_file.hpp"
#include "wire/snapshot_codec.hpp"

#include <cstring>
#include <utility>

namespace weir {

namespace {

template <class T>
T number_at(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

} // namespace

result<std::shared_ptr<const snapshot_reader>>
snapshot_reader::open(file_system& files, const std::string& path, const snapshot_options& options) {
  auto file = files.open(path);
  if (!file)
    return file.failure();
  return open(std::move(*file), path, options);
}

result<std::shared_ptr<const snapshot_reader>> snapshot_reader::open(std::unique_ptr<readable_file> file,
                                                                     const std::string& path,
                                                                     const snapshot_options& options) {
  std::shared_ptr<snapshot_reader> reader{new snapshot_reader{path, std::move(file), options}};
  auto blocks_begin = reader->read_head();
  if (!blocks_begin)
    return blocks_begin.failure();
  if (auto done = reader->read_index(*blocks_begin); !done)
    return done.failure();
  return std::shared_ptr<const snapshot_reader>{std::move(reader)};
}

error snapshot_reader::damaged(std::uint64_t at, const std::string& what) const {
  return error{errc::corrupt,
               "the snapshot file " + path_ + " is damaged at byte " + std::to_string(at) + ": " + what};
}

result<std::string> snapshot_reader::bytes(std::uint64_t offset, std::uint64_t size) const {
  if (offset > file_->size() || size > file_->size() - offset)
    return damaged(file_->size(), "it ends too early");
  std::string bytes(size, '\0');
  auto count = file_->read_at(offset, bytes);
  if (!count)
    return count.failure();
  if (*count != size)
    return damaged(offset + *count, "it ends too early");
  return bytes;
}

result<std::uint64_t> snapshot_reader::read_head() {
  auto prefix = bytes(0, snapshot_prefix_size);
  if (!prefix)
    return prefix.failure();
  if (!prefix->starts_with(snapshot_head_magic))
    return damaged(0, "it does not begin as a snapshot");
  auto version = number_at<std::uint32_t>(*prefix, snapshot_head_magic.size());
  auto length = number_at<std::uint32_t>(*prefix, snapshot_head_magic.size() + sizeof version);
  auto rest = bytes(snapshot_prefix_size, length + std::uint64_t{snapshot_checksum_size});
  // A file of another version may have another head: say so first.
  if (version != snapshot_version)
    return damaged(snapshot_head_magic.size(), "it has version " + std::to_string(version) + ", and only " +
                                                   std::to_string(snapshot_version) + " can be read");
  if (!rest)
    return rest.failure();
  std::string all = *prefix + *rest;
  std::size_t end = all.size() - snapshot_checksum_size;
  if (hash64({all.data(), end}) != number_at<std::uint64_t>(all, end))
    return damaged(0, "the checksum of its head is wrong");
  auto head = decode_snapshot_head({rest->data(), length});
  if (!head)
    return damaged(snapshot_prefix_size, head.failure().message());
  head_ = std::move(*head);
  return std::uint64_t{all.size()};
}

result<void> snapshot_reader::read_index(std::uint64_t blocks_begin) {
  std::uint64_t size = file_->size();
  if (size < blocks_begin + snapshot_trailer_size)
    return damaged(size, "it ends too early");
  std::uint64_t trailer_offset = size - snapshot_trailer_size;
  auto trailer = bytes(trailer_offset, snapshot_trailer_size);
  if (!trailer)
    return trailer.failure();
  if (!trailer->ends_with(snapshot_trailer_magic))
    return damaged(trailer_offset, "it does not end as a snapshot");
  index_offset_ = number_at<std::uint64_t>(*trailer, 0);
  auto length = number_at<std::uint64_t>(*trailer, 8);
  if (index_offset_ < blocks_begin || index_offset_ > trailer_offset ||
      length != trailer_offset - index_offset_)
    return damaged(trailer_offset, "its index is not where it should be");
  constexpr std::size_t place_size = 16; // of the index, in the trailer
  auto index = bytes(index_offset_, length + place_size);
  if (!index)
    return index.failure();
  if (hash64(*index) != number_at<std::uint64_t>(*trailer, place_size))
    return damaged(index_offset_, "the checksum of its index is wrong");
  auto runs = decode_snapshot_index({index->data(), length});
  if (!runs)
    return damaged(index_offset_, runs.failure().message());
  runs_ = std::move(*runs);
  return check_runs(blocks_begin, index_offset_);
}

result<void> snapshot_reader::check_runs(std::uint64_t begin, std::uint64_t end) const {
  std::uint64_t at = begin;
  for (const snapshot_run& run : runs_) {
    if (run.offset != at || run.length > end - at)
      return damaged(index_offset_, "its index names blocks where there are none");
    if (const char* wrong = what_is_wrong_with(run))
      return damaged(index_offset_, wrong);
    at += run.length;
  }
  if (at != end)
    return damaged(index_offset_, "its index leaves blocks out");
  return {};
}

const char* snapshot_reader::what_is_wrong_with(const snapshot_run& run) const {
  if (run.state >= head_.states.size())
    return "its index names a state that is not there";
  key_group_range groups{head_.first_key_group, head_.last_key_group};
  if (is_operator_state(head_.states[run.state].type.kind)) {
    if (run.key_group != 0 || run.removed != 0)
      return "its index names a key group of a state without keys";
  } else if (!groups.contains(run.key_group)) {
    return "its index names a key group of another subtask";
  }
  // Sums that the blocks could not have; each entry has at least the byte that states its size.
  if (run.blocks == 0 || run.blocks > run.length / snapshot_block_header_size ||
      run.raw_length / zstd_ratio_max > run.length || run.entries > run.raw_length ||
      run.removed > run.raw_length)
    return "its index names more than there can be";
  return nullptr;
}

std::optional<std::uint32_t> snapshot_reader::find(operator_id of, std::string_view name) const {
  for (std::uint32_t i = 0; i < head_.states.size(); ++i)
    if (head_.states[i].of == of && head_.states[i].type.name == name)
      return i;
  return std::nullopt;
}

std::vector<snapshot_run> snapshot_reader::runs(std::uint32_t state, key_group_range groups) const {
  std::vector<snapshot_run> found;
  for (const snapshot_run& run : runs_)
    if (run.state == state && groups.contains(run.key_group))
      found.push_back(run);
  return found;
}

std::uint64_t snapshot_reader::entries(std::uint32_t state, key_group_range groups) const {
  std::uint64_t entries = 0;
  for (const snapshot_run& run : runs_)
    if (run.state == state && groups.contains(run.key_group))
      entries += run.entries;
  return entries;
}

} // namespace weir
