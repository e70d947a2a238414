#include "state/local_copies.hpp"

#include "base/log.hpp"

#include <utility>

namespace weir {

local_copies::local_copies(platform& environment, std::vector<std::string> folders)
    : platform_{environment}, parents_{std::move(folders)} {}

void local_copies::remove_leftovers() {
  for (const std::string& parent : parents_)
    remove_leftover_folders(platform_.files(), parent);
}

/// The folders are made late, since most workers never need them.
result<std::string> local_copies::next_folder() {
  std::scoped_lock lock{mutex_};
  while (folders_.size() < parents_.size()) {
    auto made = process_folder::create(platform_, parents_[folders_.size()]);
    if (!made)
      return made.failure();
    folders_.push_back(std::move(*made));
  }
  return folders_[next_folder_++ % folders_.size()]->path();
}

std::unique_ptr<local_copy_writer> local_copies::begin(const job_id& job, const std::string& original) {
  auto name = read_snapshot_file_name(name_of(original));
  if (!name)
    return nullptr;
  auto folder = next_folder();
  if (!folder) {
    log::state.warn("no local copy of a snapshot file",
                    {{"file", original}, {"why", folder.failure().message()}});
    return nullptr;
  }
  local_copy what;
  what.original = original;
  what.path = *folder + "/" + std::string{name_of(original)};
  what.job = job;
  what.name = *name;
  return std::make_unique<local_copy_writer>(platform_.files(), std::move(what),
                                             [this](local_copy_ptr whole) {
                                               std::scoped_lock lock{mutex_};
                                               index_.add(std::move(whole));
                                             });
}

result<std::unique_ptr<readable_file>> local_copies::open(const std::string& original,
                                                          const std::shared_ptr<restored_files>& count) {
  local_copy_ptr copy;
  {
    std::scoped_lock lock{mutex_};
    copy = index_.find(original);
  }
  if (copy) {
    auto opened = open_local_copy(platform_.files(), copy, count);
    if (opened)
      return opened;
    log::state.warn("local copy of a snapshot file not used",
                    {{"file", original}, {"why", opened.failure().message()}});
  }
  ++count->originals;
  return platform_.files().open(original);
}

void local_copies::discard(const std::string& original) {
  std::scoped_lock lock{mutex_};
  remove(index_.discard(original));
}

void local_copies::on_completed(const job_id& job, checkpoint_id checkpoint) {
  std::scoped_lock lock{mutex_};
  remove(index_.on_completed(job, checkpoint));
}

void local_copies::on_aborted(const job_id& job, checkpoint_id checkpoint) {
  std::scoped_lock lock{mutex_};
  remove(index_.on_aborted(job, checkpoint));
}

void local_copies::on_restored(const job_id& job, checkpoint_id checkpoint) {
  std::scoped_lock lock{mutex_};
  remove(index_.on_restored(job, checkpoint));
}

void local_copies::forget(const job_id& job) {
  std::scoped_lock lock{mutex_};
  remove(index_.forget(job));
}

void local_copies::remove(local_copy_index::copies copies) {
  if (copies.empty())
    return;
  platform_.executor().run([&files = platform_.files(), copies = std::move(copies)] {
    for (const local_copy_ptr& copy : copies)
      if (auto removed = files.remove(copy->path); !removed)
        log::state.warn("local copy of a snapshot file not removed", {{"why", removed.failure().message()}});
  });
}

} // namespace weir
