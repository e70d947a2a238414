#pragma once

#include "simulation/simulated_disk.hpp"
#include "state/checkpoint_metadata.hpp"
#include "state/checkpoint_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace weir::testing {

using simulation::fault_at;
using simulation::simulated_disk;
using fault = simulated_disk::fault;

inline job_id some_job() {
  job_id id;
  id.low = 0xab;
  return id;
}

inline const checkpoint_folders folders{"cp", some_job()};

/// Two subtasks write, the first of them increments into the shared folder.
struct checkpoint_files {
  static std::string path(checkpoint_id id, std::uint32_t subtask, std::uint64_t epoch, bool shared) {
    snapshot_file_name name{0, subtask, {epoch}, 1, id, 0x1000 * epoch + id};
    return (shared ? folders.shared() : folders.of(id)) + "/" + to_string(name);
  }

  static completed_checkpoint checkpoint(checkpoint_id id, std::vector<snapshot_handle> chain,
                                         std::vector<snapshot_handle> other) {
    completed_checkpoint made;
    made.job = some_job();
    made.job_name = "words";
    made.id = id;
    auto& vertex = made.vertices.emplace_back();
    vertex.name = "count";
    vertex.max_parallelism = 128;
    vertex.subtasks.push_back({std::move(chain), subtask_progress::running});
    vertex.subtasks.push_back({std::move(other), subtask_progress::running});
    return made;
  }
};

/// Writes a file of a task, durably.
inline result<snapshot_handle> write_task_file(file_system& disk, const std::string& path,
                                               checkpoint_id base) {
  std::string content = "content of " + path;
  auto file = disk.create(path, true);
  if (!file)
    return file.failure();
  if (auto done = (*file)->append(content); !done)
    return done.failure();
  if (auto done = (*file)->sync(); !done)
    return done.failure();
  if (auto done = disk.sync_folder(folder_of(path)); !done)
    return done.failure();
  return snapshot_handle{path, content.size(), base, content.size()};
}

inline std::unique_ptr<checkpoint_store> open_store(file_system& disk, std::uint64_t epoch) {
  auto opened = checkpoint_store::open(disk, "cp", some_job(), {epoch});
  REQUIRE_MESSAGE(opened, opened.failure().message());
  return std::move(*opened);
}

/// A disk on which the folder for checkpoints is.
inline simulated_disk empty_disk() {
  simulated_disk disk;
  REQUIRE(disk.create_folders("cp"));
  REQUIRE(disk.sync_folder("."));
  return disk;
}

/// The files of all checkpoints that are listed, which must all be readable and have their files.
inline std::set<std::string> files_of_listed(checkpoint_store& store, file_system& disk) {
  std::set<std::string> paths;
  auto listed = store.completed();
  REQUIRE_MESSAGE(listed, listed.failure().message());
  for (const found_checkpoint& each : *listed) {
    REQUIRE_MESSAGE(each.content, each.content.failure().message());
    CHECK(each.content->id == each.id);
    auto complete = check_snapshot_files(disk, *each.content);
    CHECK_MESSAGE(complete, complete.failure().message());
    paths.insert(folders.metadata(each.id));
    for (const auto& vertex : each.content->vertices)
      for (const auto& subtask : vertex.subtasks)
        for (const auto& file : subtask.chain)
          paths.insert(file.path);
  }
  return paths;
}

inline std::vector<checkpoint_id> ids_listed(checkpoint_store& store) {
  std::vector<checkpoint_id> ids;
  auto completed = store.completed();
  for (const found_checkpoint& each : *completed)
    ids.push_back(each.id);
  return ids;
}

/// All files, without folders and bookkeeping.
inline std::set<std::string> files_on(const simulated_disk& disk) {
  std::set<std::string> paths;
  for (const std::string& path : disk.tree())
    if (!path.ends_with('/') && path.find("/.") == std::string::npos)
      paths.insert(path);
  return paths;
}

/// Folders of checkpoints that are there.
inline std::set<std::string> checkpoint_folders_on(const simulated_disk& disk) {
  std::set<std::string> paths;
  for (const std::string& path : disk.tree())
    if (path.ends_with('/') && path.find("/chk-") != std::string::npos)
      paths.insert(path.substr(0, path.size() - 1));
  return paths;
}

} // namespace weir::testing
