#include "state/process_folder.hpp"

#include <cstdio>
#include <string_view>

namespace weir {

namespace {

constexpr std::string_view name_begin = "weir-state-";
constexpr std::string_view lock_end = ".lock";
constexpr int lock_tries = 10;

bool is_lock(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with(name_begin) && name.ends_with(lock_end);
}

} // namespace

process_folder::process_folder(file_system& files, std::string path, std::unique_ptr<file_lock> lock)
    : files_{files}, path_{std::move(path)}, lock_{std::move(lock)} {}

result<std::unique_ptr<process_folder>> process_folder::create(platform& system, const std::string& parent) {
  auto& files = system.files();
  if (auto made = files.create_folders(parent); !made)
    return made.failure();
  std::string path;
  auto lock_new_name = [&] {
    char number[17];
    std::snprintf(number, sizeof number, "%016llx", static_cast<unsigned long long>(system.random().next()));
    path = parent + "/" + std::string{name_begin} + number;
    return files.lock(path + std::string{lock_end});
  };
  // Another process that looks for leftovers takes a lock for a moment to see whether it is free.
  auto lock = lock_new_name();
  for (int tries = 1; !lock && lock.failure().code() == errc::unavailable && tries < lock_tries; ++tries)
    lock = lock_new_name();
  if (!lock)
    return lock.failure();
  // From here on the destructor cleans up.
  std::unique_ptr<process_folder> folder{new process_folder{files, path, std::move(*lock)}};
  if (auto made = files.create_folders(path); !made)
    return made.failure();
  return folder;
}

process_folder::~process_folder() {
  // What stays is removed by the next process that makes a folder here.
  (void)files_.remove_all(path_);
  (void)files_.remove(path_ + std::string{lock_end});
}

void remove_leftover_folders(file_system& files, const std::string& parent) {
  auto entries = files.list(parent);
  if (!entries)
    return;
  for (const auto& entry : *entries) {
    if (entry.is_folder || !is_lock(entry.path))
      continue;
    auto lock = files.lock(entry.path);
    if (!lock)
      continue; // in use, or another user's
    if (files.remove_all(entry.path.substr(0, entry.path.size() - lock_end.size())))
      (void)files.remove(entry.path);
  }
}

} // namespace weir
