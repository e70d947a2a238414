#pragma once

#include "base/platform.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace weir::simulation {

/// Files that live in this object: the shared disk of all nodes of a simulation. Any thread may call.
class memory_files final : public file_system {
public:
  result<std::unique_ptr<readable_file>> open(const std::string& path) override;
  result<std::unique_ptr<writable_file>> create(const std::string& path, bool exclusive) override;
  result<file_info> info(const std::string& path) override;
  result<std::vector<file_info>> list(const std::string& folder) override;
  result<void> create_folder(const std::string&) override { return {}; }
  result<void> create_folders(const std::string&) override { return {}; }
  result<void> rename(const std::string& from, const std::string& to) override;
  result<void> sync_folder(const std::string&) override { return {}; }
  result<void> remove(const std::string& path) override;
  result<void> remove_all(const std::string& path) override;
  result<void> remove_folder(const std::string& path) override;
  result<std::unique_ptr<file_lock>> lock(const std::string& path) override;

  struct content {
    std::mutex lock;
    std::string bytes;
  };

private:
  std::mutex lock_;                                       ///< of the maps
  std::map<std::string, std::shared_ptr<content>> files_; // a folder is what stands before a '/'
  std::map<std::string, std::weak_ptr<file_lock>> locks_;
};

} // namespace weir::simulation
