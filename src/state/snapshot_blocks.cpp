#include "state/snapshot_blocks.hpp"

#include "state/snapshot_file.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir {

namespace {

/// Bytes asked from the system at once.
constexpr std::uint64_t read_size = 1024 * 1024;

} // namespace

snapshot_blocks::snapshot_blocks(std::shared_ptr<const snapshot_reader> file)
    : file_{std::move(file)}, decoder_{snapshot_block_size_max(file_->options_)} {}

void snapshot_blocks::select(std::uint32_t state, key_group_range groups) {
  runs_ = file_->runs(state, groups);
  run_ = 0;
  seen_ = {};
  if (!runs_.empty())
    offset_ = runs_[0].offset;
}

result<bool> snapshot_blocks::next(detail::state_block& to) {
  while (run_ < runs_.size() && offset_ == runs_[run_].offset + runs_[run_].length) {
    if (auto done = finish_run(runs_[run_]); !done)
      return done.failure();
    if (++run_ < runs_.size())
      offset_ = runs_[run_].offset;
  }
  if (run_ == runs_.size())
    return false;
  if (auto done = next_block(runs_[run_], to); !done)
    return done.failure();
  return true;
}

result<void> snapshot_blocks::next_block(const snapshot_run& run, detail::state_block& to) {
  std::uint64_t left = run.offset + run.length - offset_;
  block_offset_ = offset_;
  if (left < snapshot_block_header_size)
    return file_->damaged(offset_, "a block has no room");
  auto front = bytes(offset_, snapshot_block_header_size);
  if (!front)
    return front.failure();
  auto header = decoder_.header(*front);
  if (!header)
    return file_->damaged(offset_, header.failure().message());
  if (header->size() > left)
    return file_->damaged(offset_, "a block is longer than its part of the file");
  auto block = bytes(offset_, header->size());
  if (!block)
    return block.failure();
  if (auto done = decoder_.decode(*header, *block, to); !done)
    return file_->damaged(offset_, done.failure().message());
  if (header->state != run.state || header->key_group != run.key_group)
    return file_->damaged(offset_, "a block is of another state or key group than the index says");
  offset_ += header->size();
  ++seen_.blocks;
  seen_.entries += header->entries;
  seen_.removed += header->removed;
  seen_.raw_length += header->raw_size();
  return {};
}

result<void> snapshot_blocks::finish_run(const snapshot_run& run) {
  if (seen_.blocks != run.blocks || seen_.entries != run.entries || seen_.removed != run.removed ||
      seen_.raw_length != run.raw_length)
    return file_->damaged(run.offset, "its blocks hold something else than the index says");
  seen_ = {};
  return {};
}

/// Up to where everything behind the next block will be read too.
std::uint64_t snapshot_blocks::end_of_neighbours() const {
  std::uint64_t end = runs_[run_].offset + runs_[run_].length;
  for (std::size_t i = run_ + 1; i < runs_.size() && runs_[i].offset == end && end < offset_ + read_size; ++i)
    end += runs_[i].length;
  return end;
}

result<std::span<const char>> snapshot_blocks::bytes(std::uint64_t offset, std::uint64_t size) {
  bool begins_inside = offset >= window_begin_ && offset <= window_end_;
  if (!begins_inside || size > window_end_ - offset) {
    std::uint64_t kept = begins_inside ? window_end_ - offset : 0;
    const char* keep = window_.get() + (begins_inside ? offset - window_begin_ : 0);
    std::uint64_t wanted = std::max(size, std::min(read_size, end_of_neighbours() - offset));
    if (wanted > window_capacity_) {
      auto larger = std::make_unique_for_overwrite<char[]>(wanted);
      std::copy_n(keep, kept, larger.get());
      window_ = std::move(larger);
      window_capacity_ = wanted;
    } else if (kept != 0) {
      std::memmove(window_.get(), keep, kept);
    }
    window_begin_ = offset;
    window_end_ = offset + kept;
    auto count = file_->file_->read_at(window_end_, {window_.get() + kept, wanted - kept});
    if (!count)
      return count.failure();
    window_end_ += *count;
    if (size > window_end_ - offset)
      return file_->damaged(window_end_, "it ends too early");
  }
  return std::span<const char>{window_.get() + (offset - window_begin_), size};
}

} // namespace weir
