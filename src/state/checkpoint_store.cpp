#include "state/checkpoint_store.hpp"

#include "state/checkpoint_metadata.hpp"
#include "wire/checkpoint_codec.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir {

namespace {

std::vector<std::string> files_of(const completed_checkpoint& checkpoint) {
  std::vector<std::string> paths;
  for (const completed_vertex& vertex : checkpoint.vertices)
    for (const completed_subtask& subtask : vertex.subtasks)
      for (const snapshot_handle& file : subtask.chain)
        paths.push_back(file.path);
  return paths;
}

} // namespace

checkpoint_store::checkpoint_store(std::unique_ptr<fenced_folder> fence, checkpoint_folders folders)
    : files_{fence->files()}, fence_{std::move(fence)}, folders_{std::move(folders)} {}

result<std::unique_ptr<checkpoint_store>> checkpoint_store::open(file_system& files, std::string_view dir,
                                                                 const job_id& job, leader_epoch epoch) {
  checkpoint_folders folders{dir, job};
  auto fence = fenced_folder::take(files, folders.job(), epoch);
  if (!fence)
    return fence.failure().wrap("cannot use the folder for checkpoints");
  std::unique_ptr<checkpoint_store> store{new checkpoint_store{std::move(*fence), std::move(folders)}};
  if (auto done = store->look_around(); !done)
    return done.failure().wrap("cannot use the folder for checkpoints");
  return store;
}

/// What a master before this one wrote counts, as far as it is there. It is made to last first: that one may
/// have ended before it synced.
result<void> checkpoint_store::look_around() {
  for (const std::string& folder : {folders_.shared(), folders_.task_owned()})
    if (auto made = fence_->make_folder(folder); !made)
      return made;
  if (auto synced = files_.sync_folder(folders_.job()); !synced)
    return synced;
  auto entries = files_.list(folders_.job());
  auto shared = files_.list(folders_.shared());
  if (!entries || !shared)
    return entries ? shared.failure() : entries.failure();
  std::set<checkpoint_id> reserved;
  for (const file_info& entry : *entries) {
    if (auto id = read_next_checkpoint_name(name_of(entry.path)))
      reserved.insert(*id);
    if (auto id = read_checkpoint_folder_name(name_of(entry.path)))
      next_id_ = std::max(next_id_, *id + 1);
  }
  // Should somebody have removed the record of the ids, these names still say which were used.
  for (const file_info& entry : *shared)
    if (auto name = read_snapshot_file_name(name_of(entry.path)))
      next_id_ = std::max(next_id_, name->checkpoint + 1);
  if (!reserved.empty()) {
    reserved_below_ = *reserved.rbegin();
    next_id_ = std::max(next_id_, reserved_below_);
    reserved.erase(reserved_below_);
  }
  for (checkpoint_id lower : reserved)
    (void)files_.remove(folders_.next(lower));
  folders_below_ = next_id_;

  auto ids = ids_with_metadata();
  if (!ids)
    return ids.failure();
  for (checkpoint_id id : *ids)
    if (auto synced = files_.sync_folder(folders_.of(id)); !synced)
      return synced;
  auto known = completed();
  return known ? result<void>{} : known.failure();
}

result<void> checkpoint_store::usable() const {
  return broken_ ? result<void>{*broken_} : result<void>{};
}

/// Keeps in mind that nothing can be relied on any more.
result<void> checkpoint_store::note(result<void> outcome) {
  if (!outcome && (outcome.failure().code() == errc::uncertain || outcome.failure().code() == errc::fenced))
    broken_ = outcome.failure();
  return outcome;
}

result<void> checkpoint_store::reserve_below(checkpoint_id id) {
  if (auto marked = note(fence_->mark(folders_.next(id))); !marked)
    return marked;
  (void)files_.remove(folders_.next(reserved_below_)); // the higher one counts
  reserved_below_ = id;
  names_synced_ = true;
  return {};
}

result<void> checkpoint_store::begin(checkpoint_id id) {
  assert(id >= next_id_);
  if (auto may = usable(); !may)
    return may;
  if (id >= reserved_below_)
    if (auto reserved = reserve_below(id + 1); !reserved)
      return reserved;
  folders_below_ = std::max(folders_below_, id + 1); // it may be there although this fails
  if (auto made = note(fence_->make_folder(folders_.of(id))); !made)
    return made;
  next_id_ = id + 1;
  under_way_.insert(id);
  names_synced_ = false;
  return {};
}

result<void> checkpoint_store::settle() {
  if (auto may = usable(); !may)
    return may;
  return reserve_below(next_id_ + 1);
}

result<void> checkpoint_store::complete(const completed_checkpoint& checkpoint) {
  assert(under_way_.contains(checkpoint.id));
  if (auto may = usable(); !may)
    return may;
  std::string path = folders_.metadata(checkpoint.id);
  std::vector<char> bytes = encode_checkpoint(checkpoint, folders_.job());
  if (auto same = decode_checkpoint(bytes, path, folders_.job()); !same)
    return error{errc::failed, same.failure().message()};
  if (!names_synced_) {
    if (auto synced = files_.sync_folder(folders_.job()); !synced)
      return note(error{errc::uncertain, synced.failure().message()});
    names_synced_ = true;
  }
  if (auto put = note(fence_->put(path, bytes)); !put)
    return put;
  under_way_.erase(checkpoint.id);
  remember(checkpoint);
  return {};
}

void checkpoint_store::abandon(checkpoint_id id) {
  under_way_.erase(id);
  (void)remove_if_empty(id);
}

result<void> checkpoint_store::drop(checkpoint_id id) {
  if (auto may = usable(); !may)
    return may;
  if (auto removed = note(fence_->remove(folders_.metadata(id))); !removed)
    return removed;
  forget(id);
  (void)remove_if_empty(id);
  return {};
}

result<void> checkpoint_store::remove_files(std::span<const std::string> paths) {
  result<void> first;
  for (const std::string& path : paths) {
    if (auto may = usable(); !may)
      return may;
    if (!is_removable(path))
      continue;
    if (auto removed = note(fence_->discard(path)); !removed && first)
      first = removed;
    if (auto id = read_checkpoint_folder_name(name_of(folder_of(path))))
      (void)remove_if_empty(*id);
  }
  return first;
}

/// What is left in the folder is for a sweep.
result<void> checkpoint_store::remove_if_empty(checkpoint_id id) {
  // That of a master after this one may be empty, and needed.
  if (under_way_.contains(id) || id >= folders_below_)
    return {};
  return remove_if_empty(folders_.of(id));
}

result<void> checkpoint_store::remove_if_empty(const std::string& folder) {
  auto removed = files_.remove_folder(folder);
  return removed || removed.failure().code() == errc::already_exists ? result<void>{} : removed;
}

result<std::vector<checkpoint_id>> checkpoint_store::ids_with_metadata() {
  auto entries = files_.list(folders_.job());
  if (!entries)
    return entries.failure();
  std::vector<checkpoint_id> ids;
  for (const file_info& entry : *entries) {
    auto id = read_checkpoint_folder_name(name_of(entry.path));
    if (!id)
      continue;
    auto metadata = files_.info(folders_.metadata(*id));
    if (metadata)
      ids.push_back(*id);
    else if (metadata.failure().code() != errc::not_found)
      return metadata.failure();
  }
  std::ranges::sort(ids, std::ranges::greater{});
  return ids;
}

result<std::vector<found_checkpoint>> checkpoint_store::completed() {
  auto ids = ids_with_metadata();
  if (!ids)
    return ids.failure();
  std::vector<found_checkpoint> found;
  for (checkpoint_id id : *ids) {
    auto content = read_checkpoint(files_, folders_.of(id));
    if (content)
      remember(*content);
    found.push_back({id, std::move(content)});
  }
  return found;
}

void checkpoint_store::remember(const completed_checkpoint& checkpoint) {
  auto [entry, is_new] = completed_files_.emplace(checkpoint.id, std::vector<std::string>{});
  if (!is_new)
    return;
  entry->second = files_of(checkpoint);
  for (const std::string& path : entry->second)
    ++named_[path];
}

void checkpoint_store::forget(checkpoint_id id) {
  auto files = completed_files_.extract(id);
  if (files.empty())
    return;
  for (const std::string& path : files.mapped())
    if (auto name = named_.find(path); --name->second == 0)
      named_.erase(name);
}

} // namespace weir
