#include "base/log.hpp"
#include "state/checkpoint_store.hpp"

#include <utility>

/// The side of a checkpoint_store that clears away what nobody needs.
namespace weir {

namespace {

/// What a file in a folder of snapshot files was written for; nothing for one that is none of ours.
std::optional<snapshot_file_name> read_any_snapshot_name(const std::string& path,
                                                         std::optional<checkpoint_id> folder_of_checkpoint) {
  auto name = read_snapshot_file_name(name_of(path));
  if (!name)
    name = read_unfinished_snapshot_name(name_of(path));
  if (name && folder_of_checkpoint && name->checkpoint != *folder_of_checkpoint)
    return std::nullopt;
  return name;
}

} // namespace

bool checkpoint_store::is_removable(const std::string& path) const {
  std::string folder = folder_of(path);
  auto checkpoint = read_checkpoint_folder_name(name_of(folder));
  bool is_ours = folder == folders_.shared() || (checkpoint && folder == folders_.of(*checkpoint));
  return is_ours && read_any_snapshot_name(path, checkpoint) && !named_.contains(path);
}

bool checkpoint_store::is_orphan(const snapshot_file_name& name) const {
  if (name.epoch != fence_->epoch())
    return name.epoch < fence_->epoch();
  return name.checkpoint < next_id_ && !under_way_.contains(name.checkpoint);
}

result<swept_files> checkpoint_store::sweep(std::span<const std::string> keep) {
  if (auto may = usable(); !may)
    return may.failure();
  auto known = completed();
  if (!known)
    return known.failure();
  for (const found_checkpoint& each : *known)
    if (!each.content)
      return each.content.failure().wrap("no file is removed while it is not known which are needed");
  return sweep_orphans({keep.begin(), keep.end()});
}

result<swept_files> checkpoint_store::sweep_orphans(const std::set<std::string>& keep) {
  auto entries = files_.list(folders_.job());
  if (!entries)
    return entries.failure();
  swept_files swept;
  for (const file_info& entry : *entries) {
    auto name = name_of(entry.path);
    if (auto id = read_checkpoint_folder_name(name); id && entry.is_folder) {
      if (auto done = sweep_folder(entry.path, *id, keep, swept); !done)
        return done.failure();
      if (auto removed = remove_if_empty(*id); !removed)
        return removed.failure();
    } else if (entry.path == folders_.shared()) {
      if (auto done = sweep_folder(entry.path, std::nullopt, keep, swept); !done)
        return done.failure();
    } else if (entry.path != folders_.task_owned() && !read_next_checkpoint_name(name) &&
               !fenced_folder::is_epoch_name(name)) {
      note_foreign(entry.path, swept);
    }
  }
  if (swept.removed > 0)
    log::state.info("orphaned snapshot files removed",
                    {{"folder", folders_.job()}, {"files", swept.removed}});
  return swept;
}

result<void> checkpoint_store::sweep_folder(const std::string& folder, std::optional<checkpoint_id> of,
                                            const std::set<std::string>& keep, swept_files& swept) {
  auto entries = files_.list(folder);
  if (!entries)
    return entries.failure();
  for (const file_info& entry : *entries) {
    if (of && entry.path == folders_.metadata(*of))
      continue;
    auto name = read_any_snapshot_name(entry.path, of);
    if (entry.is_folder || !name) {
      note_foreign(entry.path, swept);
    } else if (is_orphan(*name) && !named_.contains(entry.path) && !keep.contains(entry.path)) {
      if (auto removed = note(fence_->discard(entry.path)); !removed)
        return removed;
      ++swept.removed;
    }
  }
  return {};
}

void checkpoint_store::note_foreign(const std::string& path, swept_files& swept) {
  swept.foreign.push_back(path);
  if (foreign_.insert(path).second)
    log::state.warn("file left alone that is no part of a checkpoint", {{"path", path}});
}

result<void> checkpoint_store::end(end_of_job what) {
  if (auto may = usable(); !may)
    return may;
  if (auto there = files_.info(folders_.job()); !there && there.failure().code() == errc::not_found)
    return {};
  under_way_.clear();
  if (what == end_of_job::remove) {
    if (auto removed = remove_completed(); !removed)
      return removed;
    if (auto swept = sweep_orphans({}); !swept)
      return swept.failure();
  } else if (auto swept = sweep({}); !swept && swept.failure().code() != errc::corrupt) {
    return swept.failure();
  }
  return remove_bookkeeping();
}

result<void> checkpoint_store::remove_completed() {
  auto ids = ids_with_metadata();
  if (!ids)
    return ids.failure();
  for (auto id = ids->rbegin(); id != ids->rend(); ++id) {
    if (auto removed = note(fence_->remove(folders_.metadata(*id))); !removed)
      return removed;
    forget(*id);
  }
  return {};
}

result<void> checkpoint_store::remove_bookkeeping() {
  for (const std::string& folder : {folders_.shared(), folders_.task_owned()})
    if (auto removed = remove_if_empty(folder); !removed)
      return removed;
  auto entries = files_.list(folders_.job());
  if (!entries)
    return entries.failure();
  for (const file_info& entry : *entries)
    if (read_next_checkpoint_name(name_of(entry.path)))
      if (auto removed = note(fence_->discard(entry.path)); !removed)
        return removed;
  if (auto left = fence_->leave(); !left)
    return left;
  if (auto removed = files_.remove_folder(folders_.job());
      !removed && removed.failure().code() != errc::already_exists)
    return removed;
  return files_.sync_folder(folders_.dir());
}

} // namespace weir
