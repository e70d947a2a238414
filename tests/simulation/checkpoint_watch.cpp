#include "simulation/checkpoint_watch.hpp"

#include "state/checkpoint_metadata.hpp"

#include <utility>

namespace weir::simulation {

namespace {

/// How the names of folders begin that say which master leads (base/fenced_folder.hpp).
constexpr std::string_view epoch_begin = ".epoch-";

std::string named(checkpoint_id id) {
  return "checkpoint " + std::to_string(id);
}

} // namespace

void checkpoint_watch::before(const simulated_disk::operation& change, std::size_t life) {
  using enum simulated_disk::action;
  if (!change.path.starts_with(folders_.job() + '/') || !look_at_removal().empty())
    return;
  removal_.reset();
  std::string_view epoch = name_of(change.path);
  if (change.what == create_folder && epoch.starts_with(epoch_begin))
    epochs_[life] = {std::stoull(std::string{epoch.substr(epoch_begin.size())})};
  if (change.what != rename && change.what != remove)
    return;
  if (std::string why = why_it_stays(change.path, life); !why.empty() && disk_.info(change.path))
    removal_ = {change.path, std::move(why)};
}

/// Why nobody, or not this one, may remove a file; empty: it may go.
std::string checkpoint_watch::why_it_stays(const std::string& path, std::size_t life) {
  if (folder_of(path).find(epoch_begin) != std::string::npos || name_of(path).starts_with(epoch_begin))
    return {};
  auto id = read_checkpoint_folder_name(name_of(folder_of(path)));
  auto entries = disk_.list(folders_.job());
  if (!entries)
    return {};
  bool is_newest = id && path == folders_.metadata(*id);
  auto leads = epochs_.find(life);
  for (const file_info& entry : *entries) {
    std::string_view name = name_of(entry.path);
    if (auto other = read_checkpoint_folder_name(name); is_newest && other && *other > *id)
      is_newest = !disk_.info(folders_.metadata(*other));
    if (leads != epochs_.end() && name.starts_with(epoch_begin) &&
        std::stoull(std::string{name.substr(epoch_begin.size())}) > leads->second.value)
      return "was removed by a master that had been replaced";
  }
  if (is_newest && *id <= relied_on_ && !has_ended())
    return "was removed, and neither a newer checkpoint is complete nor the end of the job stored";
  return {};
}

std::string checkpoint_watch::look_at_removal() const {
  if (removal_ && !disk_.info(removal_->path))
    return removal_->path + ' ' + removal_->wrong;
  return {};
}

std::string checkpoint_watch::look() {
  if (disk_.operations() == operations_)
    return {};
  if (std::string wrong = look_at_removal(); !wrong.empty())
    return wrong;
  removal_.reset();
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
    on_completed(there_.emplace(id, std::move(*read)).first->second);
  }
  for (const completed_vertex& vertex : there_.at(id).vertices)
    for (const completed_subtask& subtask : vertex.subtasks)
      for (const snapshot_handle& file : subtask.chain)
        if (!disk_.info(file.path))
          return named(id) + " needs " + file.path + ", which is gone";
  return {};
}

} // namespace weir::simulation
