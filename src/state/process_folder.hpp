#pragma once

#include "base/platform.hpp"

#include <memory>
#include <string>

namespace weir {

/// A new folder whose files end with this object:
///
///     PARENT/weir-state-<16 digits>        the files
///     PARENT/weir-state-<16 digits>.lock   locked as long as the owner lives
///
/// The lock is taken before the folder is made and ends after it is gone. So a folder whose lock is free was
/// left by a process that died, and anybody may delete it.
class process_folder {
public:
  /// Makes the folder, and PARENT if need be.
  static result<std::unique_ptr<process_folder>> create(platform& system, const std::string& parent);

  process_folder(const process_folder&) = delete;
  process_folder& operator=(const process_folder&) = delete;
  ~process_folder();

  [[nodiscard]] const std::string& path() const { return path_; }

private:
  process_folder(file_system& files, std::string path, std::unique_ptr<file_lock> lock);

  file_system& files_;
  std::string path_;
  std::unique_ptr<file_lock> lock_;
};

/// Deletes the folders that dead processes left in `parent`. What cannot be deleted stays: a full or foreign
/// folder must not keep a new job from starting.
void remove_leftover_folders(file_system& files, const std::string& parent);

} // namespace weir
