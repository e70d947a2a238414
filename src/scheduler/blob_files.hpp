#pragma once

#include "base/fenced_folder.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace weir {

/// The folder of a process's job libraries: one file each, named by the SHA-256 of its bytes. All calls
/// block. The same library must not be written or removed by two calls at once; calls for different ones may
/// run at the same time.
class blob_files {
public:
  /// `files` must live longer than this.
  blob_files(file_system& files, std::string folder) : files_{files}, folder_{std::move(folder)} {}

  /// In a folder of the master that leads: others change nothing in it.
  blob_files(std::shared_ptr<fenced_folder> fence, std::string folder)
      : files_{fence->files()}, fence_{std::move(fence)}, folder_{std::move(folder)} {}

  /// Makes the folder and returns the libraries in it with their sizes. Removes what is left of writes that
  /// did not come to their end; other files are left alone.
  result<std::map<std::string, std::uint64_t>> open();

  /// Requires that `hash` is that of the bytes.
  result<void> write(const std::string& hash, const std::string& bytes);

  /// Up to `length` bytes at `offset`; fewer only at the end.
  result<std::string> read(const std::string& hash, std::uint64_t offset, std::uint64_t length);

  result<void> remove(const std::string& hash);

  [[nodiscard]] const std::string& folder() const { return folder_; }

private:
  [[nodiscard]] std::string path_of(const std::string& hash) const { return folder_ + "/" + hash; }

  file_system& files_;
  std::shared_ptr<fenced_folder> fence_; ///< empty: nobody else is there
  std::string folder_;
};

} // namespace weir
