#pragma once

#include "checkpoint_fixture.hpp"

#include <functional>
#include <map>

namespace weir::testing {

/// The life of a job with four checkpoints, of which one is aborted, as a coordinator and its tasks would
/// lead it; and what it was told, against which the disk is held afterwards.
class checkpoint_story : checkpoint_files {
public:
  checkpoint_story(simulated_disk& disk, std::uint64_t epoch) : disk_{disk}, epoch_{epoch} {}

  /// Ends early when the process has ended or another master leads. After an outcome that nobody knows it
  /// begins again from what is there, as a master would.
  void run() {
    if (!reopen())
      return;
    for (int i = 1; i <= 4 && !is_over(); ++i)
      checkpoint_of(i);
    if (!is_over())
      noted(store_->sweep({}));
    if (!is_over() && ends) {
      ending = true;
      ended = noted(store_->end(checkpoint_store::end_of_job::remove));
    }
  }

  [[nodiscard]] bool is_over() const { return disk_.has_crashed() || is_fenced || !store_; }

  /// What the store says to one more checkpoint.
  result<void> begin_another() { return store_->begin(store_->next_id()); }

  bool ends = false; ///< the job ends behind its checkpoints

  // What it was told.
  bool is_fenced = false;
  bool ending = false;
  bool ended = false;
  checkpoint_id last_begun = 0;
  checkpoint_id last_completed = 0; ///< for sure
  checkpoint_id last_tried = 0;     ///< to complete
  int completions = 0;
  std::set<checkpoint_id> dropped; ///< for sure

private:
  bool reopen() {
    store_.reset();
    // The fault is over by the second time.
    for (int tries = 0; tries < 2 && !store_; ++tries) {
      auto opened = checkpoint_store::open(disk_, "cp", some_job(), {epoch_});
      if (opened)
        store_ = std::move(*opened);
      else if (disk_.has_crashed() || opened.failure().code() == errc::fenced)
        is_fenced = !disk_.has_crashed();
    }
    chain_.clear();
    retained_.clear();
    if (store_) {
      auto completed = store_->completed();
      for (const auto& each : *completed)
        if (each.content)
          retained_.emplace(each.id, *each.content);
    }
    return store_ != nullptr;
  }

  template <class T>
  bool noted(const result<T>& outcome) {
    if (outcome)
      return true;
    is_fenced = is_fenced || outcome.failure().code() == errc::fenced;
    if (outcome.failure().code() == errc::uncertain && !disk_.has_crashed())
      reopen();
    return false;
  }

  void checkpoint_of(int i) {
    checkpoint_id id = store_->next_id();
    if (!noted(store_->begin(id)))
      return;
    last_begun = id;
    bool is_full = i == 1 || i == 4 || chain_.empty();
    auto shared = write_task_file(disk_, path(id, 0, epoch_, true), is_full ? 0 : chain_base_);
    auto own = write_task_file(disk_, path(id, 1, epoch_, false), 0);
    if (i % 2 == 1) {
      auto settled = store_->settle();
      if (!noted(settled) && (is_over() || settled.failure().code() == errc::uncertain))
        return;
    }
    std::vector<std::string> written{path(id, 0, epoch_, true), path(id, 1, epoch_, false)};
    if (i == 3 || !shared || !own)
      return abort(id, written);
    auto chain = is_full ? std::vector<snapshot_handle>{} : chain_;
    chain.push_back(*shared);
    auto made = checkpoint(id, chain, {*own});
    last_tried = id;
    auto completed = store_->complete(made);
    if (!noted(completed)) {
      if (!is_over() && completed.failure().code() != errc::uncertain)
        abort(id, written);
      return;
    }
    last_completed = id;
    ++completions;
    chain_ = chain;
    chain_base_ = id;
    retained_.emplace(id, made);
    while (retained_.size() > 1 && !is_over())
      if (!drop_oldest())
        return;
  }

  void abort(checkpoint_id id, const std::vector<std::string>& written) {
    if (is_over())
      return;
    store_->abandon(id);
    noted(store_->remove_files(written));
  }

  bool drop_oldest() {
    auto oldest = retained_.extract(retained_.begin());
    if (!noted(store_->drop(oldest.key())))
      return false;
    dropped.insert(oldest.key());
    std::vector<std::string> paths;
    for (const auto& subtask : oldest.mapped().vertices[0].subtasks)
      for (const auto& file : subtask.chain)
        paths.push_back(file.path);
    return noted(store_->remove_files(paths));
  }

  simulated_disk& disk_;
  std::uint64_t epoch_;
  std::unique_ptr<checkpoint_store> store_;
  std::vector<snapshot_handle> chain_;
  checkpoint_id chain_base_ = 0;
  std::map<checkpoint_id, completed_checkpoint> retained_;
};

/// Takes the job over as the next master does and holds what it finds against what the story was told.
inline void check_recovery(simulated_disk& disk, const checkpoint_story& story, std::uint64_t epoch) {
  if (story.ended) {
    CHECK(disk.tree() == std::vector<std::string>{"cp/"});
    return;
  }
  auto store = open_store(disk, epoch);
  if (!story.ending) // else nothing begins any more
    CHECK(store->next_id() > story.last_begun);
  auto ids = ids_listed(*store);
  (void)files_of_listed(*store, disk); // all of them are whole
  for (checkpoint_id id : ids)
    CHECK(!story.dropped.contains(id));
  if (!story.ending && story.last_completed != 0) {
    REQUIRE(!ids.empty());
    CHECK(ids.front() >= story.last_completed);
  }
  CHECK((ids.empty() || ids.front() <= story.last_tried));

  REQUIRE(store->sweep({}));
  auto left = files_of_listed(*store, disk);
  CHECK(files_on(disk) == left);
  for (const std::string& folder : checkpoint_folders_on(disk))
    CHECK(left.contains(folder + "/_metadata"));

  // The job goes on, and ends.
  auto id = store->next_id();
  REQUIRE(store->begin(id));
  REQUIRE(store->complete(checkpoint_files::checkpoint(id, {}, {})));
  CHECK(ids_listed(*store).front() == id);
  REQUIRE(store->end(checkpoint_store::end_of_job::remove));
  CHECK(disk.tree() == std::vector<std::string>{"cp/"});
}

} // namespace weir::testing
