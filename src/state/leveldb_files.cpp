#include "state/leveldb_files.hpp"

#include "state/leveldb_background.hpp"
#include "state/leveldb_checksum.hpp"

#include <cstring>

namespace weir {

using leveldb::Slice;
using leveldb::Status;

namespace {

constexpr std::size_t footer_size = 48;
constexpr std::size_t block_end_size = 5; // kind:1 CRC:4
constexpr unsigned char table_magic[] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};

std::uint32_t little_endian(const char* at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i)
    value = value << 8 | static_cast<unsigned char>(at[i]);
  return value;
}

/// The number with seven bits a byte at the begin of `bytes`; 0 when there is none.
std::uint64_t first_varint(Slice bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes.size() && i < 10; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i]) & 0x7fu} << (7 * i);
    if ((static_cast<unsigned char>(bytes[i]) & 0x80) == 0)
      return value;
  }
  return 0;
}

} // namespace

Status leveldb_status(const error& failure) {
  if (failure.code() == errc::not_found)
    return Status::NotFound(failure.message());
  return Status::IOError(failure.message());
}

Status leveldb_sequential_file::Read(std::size_t size, Slice* result, char* scratch) {
  auto count = file_->read_at(at_, {scratch, size});
  if (!count)
    return leveldb_status(count.failure());
  at_ += *count;
  *result = Slice{scratch, *count};
  return {};
}

Status leveldb_sequential_file::Skip(std::uint64_t size) {
  at_ += size;
  return {};
}

Status leveldb_written_file::Append(const Slice& data) {
  if (buffer_.empty())
    buffer_.reserve(buffer_size);
  if (buffer_.size() + data.size() > buffer_size)
    if (auto done = write_buffered(); !done.ok())
      return done;
  if (data.size() < buffer_size) {
    buffer_.append(data.data(), data.size());
    return {};
  }
  if (auto done = file_->append({data.data(), data.size()}); !done)
    return leveldb_status(done.failure());
  return {};
}

Status leveldb_written_file::Close() {
  if (auto done = write_buffered(); !done.ok())
    return done;
  if (auto done = file_->close(); !done)
    return leveldb_status(done.failure());
  return {};
}

Status leveldb_written_file::write_buffered() {
  if (buffer_.empty())
    return {};
  auto done = file_->append({buffer_.data(), buffer_.size()});
  buffer_.clear();
  if (!done)
    return leveldb_status(done.failure());
  return {};
}

leveldb_table_file::leveldb_table_file(std::string path, std::unique_ptr<readable_file> file,
                                       std::unique_ptr<leveldb::RandomAccessFile> mapped, shared& with)
    : path_{std::move(path)},
      file_{std::move(file)},
      mapped_{std::move(mapped)},
      shared_{with},
      number_{++with.last_number},
      size_{file_->size()} {
  if (mapped_)
    file_.reset();
}

leveldb_table_file::~leveldb_table_file() {
  shared_.held.fetch_sub(held_here_, std::memory_order_relaxed);
}

Status leveldb_table_file::Read(std::uint64_t offset, std::size_t size, Slice* result, char* scratch) const {
  if (auto done = read_bytes(offset, size, result, scratch); !done.ok())
    return done;
  if (result->size() != size)
    return corrupt(offset, "it ends before the " + std::to_string(size) + " bytes that belong there");
  return offset + size == size_ && size == footer_size ? check_footer(*result) : check_block(offset, *result);
}

Status leveldb_table_file::read_bytes(std::uint64_t offset, std::size_t size, Slice* result,
                                      char* scratch) const {
  if (mapped_)
    return mapped_->Read(offset, size, result, scratch);
  auto count = leveldb_background::is_running_here()
                   ? shared_.ahead.read_at(*file_, number_, offset, {scratch, size})
                   : file_->read_at(offset, {scratch, size});
  if (!count)
    return leveldb_status(count.failure());
  *result = Slice{scratch, *count};
  return {};
}

Status leveldb_table_file::check_footer(Slice footer) const {
  if (std::memcmp(footer.data() + footer_size - sizeof table_magic, table_magic, sizeof table_magic) != 0)
    return corrupt(size_ - footer_size, "it does not end as a table does");
  metadata_begin_ = first_varint(footer);
  return {};
}

Status leveldb_table_file::check_block(std::uint64_t offset, Slice block) const {
  if (block.size() < block_end_size)
    return corrupt(offset, "a block of " + std::to_string(block.size()) + " bytes has no checksum");
  std::size_t covered = block.size() - 4;
  if (masked_crc(crc32c({block.data(), covered})) != little_endian(block.data() + covered))
    return corrupt(offset, "the checksum of " + std::to_string(block.size()) + " bytes is wrong");
  std::uint64_t end = offset + block.size();
  bool kept = end == size_ - footer_size || end == metadata_begin_;
  if (kept) {
    held_here_.fetch_add(block.size(), std::memory_order_relaxed);
    shared_.held.fetch_add(block.size(), std::memory_order_relaxed);
  }
  return {};
}

Status leveldb_table_file::corrupt(std::uint64_t offset, const std::string& how) const {
  return Status::Corruption(path_ + " at byte " + std::to_string(offset), how);
}

} // namespace weir
