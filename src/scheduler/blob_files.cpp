#include "scheduler/blob_files.hpp"

#include "base/hash.hpp"

#include <algorithm>

namespace weir {

namespace {

/// As file_system::write_atomically names them.
bool is_unfinished(std::string_view name) {
  constexpr std::string_view end = ".tmp";
  return name.starts_with('.') && name.ends_with(end) && name.size() > end.size() &&
         is_sha256_hex(name.substr(1, name.size() - 1 - end.size()));
}

} // namespace

result<std::map<std::string, std::uint64_t>> blob_files::open() {
  auto made = fence_ ? files_.create_durable_folders(folder_) : files_.create_folders(folder_);
  if (!made)
    return made.failure().wrap("cannot use the folder for job libraries (blob.storage.directory)");
  auto listed = files_.list(folder_);
  if (!listed)
    return listed.failure().wrap("cannot use the folder for job libraries (blob.storage.directory)");
  std::map<std::string, std::uint64_t> found;
  for (const file_info& entry : *listed) {
    auto name = name_of(entry.path);
    if (!entry.is_folder && is_sha256_hex(name))
      found.emplace(name, entry.size);
    else if (!entry.is_folder && is_unfinished(name))
      (void)files_.remove(entry.path);
  }
  return found;
}

result<void> blob_files::write(const std::string& hash, const std::string& bytes) {
  auto written = fence_ ? fence_->put(path_of(hash), bytes) : files_.write_atomically(path_of(hash), bytes);
  if (!written)
    return written.failure().wrap("cannot store the job library");
  return {};
}

result<std::string> blob_files::read(const std::string& hash, std::uint64_t offset, std::uint64_t length) {
  auto file = files_.open(path_of(hash));
  if (!file)
    return file.failure().wrap("cannot read the job library");
  std::string bytes;
  if (offset < (*file)->size())
    bytes.resize(std::min(length, (*file)->size() - offset));
  std::uint64_t filled = 0;
  while (filled < bytes.size()) {
    auto count = (*file)->read_at(offset + filled, std::span{bytes}.subspan(filled));
    if (!count)
      return count.failure().wrap("cannot read the job library");
    if (*count == 0)
      return error{errc::corrupt, "cannot read the job library: " + path_of(hash) + " has become shorter"};
    filled += *count;
  }
  return bytes;
}

result<void> blob_files::remove(const std::string& hash) {
  return fence_ ? fence_->discard(path_of(hash)) : files_.remove(path_of(hash));
}

} // namespace weir
