#include "state/snapshot_file_writer.hpp"

#include "base/hash.hpp"
#include "state/snapshot_file.hpp"
#include "wire/snapshot_codec.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace weir {

namespace {

/// Bytes gathered for one call of the system.
constexpr std::size_t write_size = 1024 * 1024;

template <class T>
void append_number(detail::raw_bytes& to, T value) {
  std::memcpy(to.reserve(sizeof value), &value, sizeof value);
  to.add(sizeof value);
}

} // namespace

snapshot_file_writer::snapshot_file_writer(file_system& files, std::string path, snapshot_head head,
                                           const snapshot_options& options, byte_listener listener)
    : files_{files},
      path_{std::move(path)},
      head_{std::move(head)},
      options_{options},
      listener_{std::move(listener)},
      encoder_{options} {}

snapshot_file_writer::~snapshot_file_writer() {
  if (file_)
    (void)files_.remove(temporary_path(path_)); // what counts is why it was given up
}

result<std::unique_ptr<snapshot_file_writer>>
snapshot_file_writer::create(file_system& files, std::string path, snapshot_head head,
                             const snapshot_options& options, byte_listener listener) {
  std::unique_ptr<snapshot_file_writer> writer{
      new snapshot_file_writer{files, std::move(path), std::move(head), options, std::move(listener)}};
  if (auto opened = writer->open(); !opened)
    return opened.failure();
  return writer;
}

result<void> snapshot_file_writer::open() {
  auto file = files_.create(temporary_path(path_));
  if (!file)
    return file.failure();
  file_ = std::move(*file);
  std::vector<char> head = encode(head_);
  buffer_.append(snapshot_head_magic);
  append_number(buffer_, snapshot_version);
  append_number(buffer_, static_cast<std::uint32_t>(head.size()));
  buffer_.append(head);
  append_number(buffer_, hash64(buffer_.bytes()));
  return {};
}

result<void> snapshot_file_writer::add(std::uint32_t state, const detail::state_block& block) {
  assert(file_ && state < head_.states.size());
  if (block.entries == 0 && block.removed == 0)
    return {};
  if (block.size() > snapshot_block_size_max(options_))
    return error{errc::invalid_argument, "the state " + head_.states[state].type.name + " of " + head_.task +
                                             " has an entry of about " + std::to_string(block.size()) +
                                             " bytes, more than state.snapshot.max-entry-size allows"};
  std::size_t before = buffer_.size();
  encoder_.encode(state, block, buffer_);
  note(state, block, buffer_.size() - before);
  return buffer_.size() < write_size ? result<void>{} : flush();
}

void snapshot_file_writer::note(std::uint32_t state, const detail::state_block& block, std::uint64_t length) {
  if (runs_.empty() || runs_.back().state != state || runs_.back().key_group != block.key_group) {
    runs_.emplace_back();
    runs_.back().state = state;
    runs_.back().key_group = block.key_group;
    runs_.back().offset = flushed_ + buffer_.size() - length;
  }
  snapshot_run& run = runs_.back();
  run.length += length;
  ++run.blocks;
  run.entries += block.entries;
  run.removed += block.removed;
  run.raw_length += block.size();
}

result<void> snapshot_file_writer::flush() {
  if (auto done = file_->append(buffer_.bytes()); !done)
    return done;
  if (listener_)
    listener_(buffer_.bytes());
  flushed_ += buffer_.size();
  buffer_.clear();
  return {};
}

result<snapshot_size> snapshot_file_writer::finish() {
  if (auto done = flush(); !done)
    return done.failure();
  std::vector<char> index = encode_snapshot_index(runs_);
  buffer_.append(index);
  append_number(buffer_, flushed_);
  append_number(buffer_, std::uint64_t{index.size()});
  append_number(buffer_, hash64(buffer_.bytes()));
  buffer_.append(snapshot_trailer_magic);
  if (auto done = flush(); !done)
    return done.failure();
  if (auto done = file_->sync(); !done)
    return done.failure();
  if (auto done = file_->close(); !done)
    return done.failure();
  if (auto done = files_.rename(temporary_path(path_), path_); !done)
    return done.failure();
  file_.reset();
  if (auto done = files_.sync_folder(folder_of(path_)); !done)
    return done.failure();

  snapshot_size size;
  size.stored = flushed_;
  for (const snapshot_run& run : runs_) {
    size.raw += run.raw_length;
    size.entries += run.entries;
    size.removed += run.removed;
    size.blocks += run.blocks;
  }
  return size;
}

std::string snapshot_file_writer::temporary_path(const std::string& path) {
  return folder_of(path) + "/." + std::string{name_of(path)} + ".tmp";
}

} // namespace weir
