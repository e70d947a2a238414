#include "simulation/checkpoint_watch.hpp"

#include "state/checkpoint_metadata.hpp"

#include <utility>

namespace weir::simulation {

namespace {

std::string named(checkpoint_id id) {
  return "checkpoint " + std::to_string(id);
}

} // namespace

std::string checkpoint_watch::look() {
  if (disk_.operations() == operations_)
    return {};
  operations_ = disk_.operations();
  auto entries = disk_.list(folders_.job());
  if (!entries)
    return {};
  std::string wrong = look_at_ids(folders_.shared());
  for (const file_info& entry : *entries)
    if (auto id = read_checkpoint_folder_name(name_of(entry.path)); id && wrong.empty()) {
      wrong = look_at_ids(entry.path);
      if (disk_.info(folders_.metadata(*id)) && wrong.empty())
        wrong = look_at_completed(*id);
    }
  return wrong;
}

std::string checkpoint_watch::look_at_ids(const std::string& folder) {
  auto entries = disk_.list(folder);
  if (!entries)
    return {};
  for (const file_info& entry : *entries) {
    auto name = read_snapshot_file_name(name_of(entry.path));
    if (!name)
      continue;
    leader_epoch user = users_.try_emplace(name->checkpoint, name->epoch).first->second;
    if (user != name->epoch)
      return "the masters of epochs " + std::to_string(user.value) + " and " +
             std::to_string(name->epoch.value) + " have both used the id of " + named(name->checkpoint);
  }
  return {};
}

std::string checkpoint_watch::look_at_completed(checkpoint_id id) {
  if (!completed_.contains(id)) {
    if (!completed_.empty() && id < *completed_.rbegin())
      return named(id) + " is complete after " + std::to_string(*completed_.rbegin());
    completed_.insert(id);
    auto read = read_checkpoint(disk_, folders_.of(id));
    if (!read)
      return "the metadata of " + named(id) + " cannot be read: " + read.failure().message();
    there_.emplace(id, std::move(*read));
    on_completed(id);
  }
  for (const completed_vertex& vertex : there_.at(id).vertices)
    for (const completed_subtask& subtask : vertex.subtasks)
      for (const snapshot_handle& file : subtask.chain)
        if (!disk_.info(file.path))
          return named(id) + " needs " + file.path + ", which is gone";
  return {};
}

} // namespace weir::simulation
