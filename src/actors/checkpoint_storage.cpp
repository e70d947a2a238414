#include "actors/checkpoint_storage.hpp"

#include "base/log.hpp"
#include "state/checkpoint_folders.hpp"

#include <set>
#include <utility>
#include <vector>

namespace weir::actors {

namespace {

/// What a job goes on from. Where there is none but one that cannot be read, sinks may have committed what it
/// has, and would do it again.
result<recovered_checkpoints> recovered(checkpoint_store& store) {
  auto completed = store.completed();
  if (!completed)
    return completed.failure();
  recovered_checkpoints found{.counter = store.next_id() - 1};
  for (auto each = completed->rbegin(); each != completed->rend(); ++each) {
    std::string path = store.folders().of(each->id);
    if (each->content)
      found.completed.push_back({std::move(*each->content), std::move(path)});
    else
      found.unreadable.push_back({each->id, std::move(path), each->content.failure().message()});
  }
  if (found.completed.empty() && !found.unreadable.empty())
    return error{errc::corrupt, found.unreadable.back().advice()};
  return found;
}

} // namespace

/// Outlives the storage while the executor is at it; used by one thread at a time.
class checkpoint_storage::work {
public:
  work(file_system& files, settings with, std::function<void(outcome)> tell)
      : tell{std::move(tell)}, files_{files}, with_{std::move(with)} {}

  /// The store; opened anew where that is needed.
  result<checkpoint_store*> store() {
    if (!store_) {
      auto opened = checkpoint_store::open(files_, with_.dir, with_.job, with_.epoch);
      if (!opened)
        return opened.failure();
      store_ = std::move(*opened);
      if (next_id_ != 0)
        store_->resume(under_way, next_id_);
      next_id_ = store_->next_id();
    }
    return store_.get();
  }

  /// Whether there is nothing to be removed: to open the store would make its folder again.
  bool is_gone() {
    auto folder = files_.info(checkpoint_folders{with_.dir, with_.job}.job());
    return !folder && folder.failure().code() == errc::not_found;
  }

  /// The next step opens the store anew.
  void close() { store_.reset(); }

  /// Runs a step on the store.
  template <class Step>
  result<void> on_store(Step&& step) {
    auto opened = store();
    if (!opened)
      return opened.failure();
    result<void> done = step(**opened);
    next_id_ = store_->next_id();
    if (!done && done.failure().code() == errc::uncertain)
      store_.reset();
    return done;
  }

  /// A step that is for the disk's sake only.
  template <class Step>
  void tidy(const char* what, Step&& step) {
    if (auto done = on_store(step); !done)
      log::scheduler.warn(what, {{"job", with_.job}, {"why", done.failure().message()}});
  }

  const std::function<void(outcome)> tell;
  std::set<checkpoint_id> under_way; ///< begun, and neither complete nor given up

private:
  file_system& files_;
  settings with_;
  std::unique_ptr<checkpoint_store> store_;
  checkpoint_id next_id_ = 0; ///< as the store had it last; 0: it was never open
};

checkpoint_storage::checkpoint_storage(platform& environment, settings with,
                                       std::function<void(outcome)> tell)
    : work_{std::make_shared<work>(environment.files(), std::move(with), std::move(tell))},
      steps_{environment.executor()} {}

template <class F>
void checkpoint_storage::later(F&& step) {
  steps_.run([work = work_, step = std::forward<F>(step)] { step(*work); });
}

void checkpoint_storage::open() {
  later([](work& with) {
    auto store = with.store();
    with.tell(storage_opened{store ? recovered(**store) : result<recovered_checkpoints>{store.failure()}});
  });
}

void checkpoint_storage::perform(store_counter action) {
  later([action](work& with) {
    auto begun = with.on_store([&](checkpoint_store& store) { return store.begin(action.counter); });
    if (begun)
      with.under_way.insert(action.counter);
    with.tell(counter_outcome{action, begun});
    if (begun)
      (void)with.on_store([](checkpoint_store& store) { return store.settle(); }); // else complete() does it
  });
}

void checkpoint_storage::perform(store_checkpoint action) {
  later([action = std::move(action)](work& with) {
    std::string path;
    auto stored = with.on_store([&](checkpoint_store& store) {
      path = store.folders().of(action.checkpoint.id);
      return store.complete(action.checkpoint);
    });
    with.under_way.erase(action.checkpoint.id);
    with.tell(checkpoint_outcome{action.checkpoint.id,
                                 stored ? result<std::string>{path} : result<std::string>{stored.failure()}});
  });
}

void checkpoint_storage::perform(remove_checkpoint action) {
  later([action](work& with) {
    with.tell(removal_outcome{action.id,
                              with.on_store([&](checkpoint_store& store) { return store.drop(action.id); })});
  });
}

void checkpoint_storage::perform(abandon_checkpoint action) {
  later([action](work& with) {
    with.under_way.erase(action.id);
    with.tidy("checkpoint not given up", [&](checkpoint_store& store) -> result<void> {
      store.abandon(action.id);
      return {};
    });
  });
}

void checkpoint_storage::perform(delete_files action) {
  later([action = std::move(action)](work& with) {
    with.tidy("files of checkpoints not deleted, they are swept up later",
              [&](checkpoint_store& store) { return store.remove_files(action.paths); });
  });
}

void checkpoint_storage::perform(sweep_files action) {
  later([action = std::move(action)](work& with) {
    with.tidy("files that nobody needs not swept up", [&](checkpoint_store& store) -> result<void> {
      std::vector<std::string> needed{action.needed.begin(), action.needed.end()};
      auto swept = store.sweep(needed);
      if (!swept)
        return swept.failure();
      for (const std::string& path : swept->foreign)
        log::scheduler.warn("file left alone that is none of a checkpoint", {{"path", path}});
      return {};
    });
  });
}

void checkpoint_storage::perform(end_checkpoints action) {
  later([action = std::move(action)](work& with) {
    auto what = action.retained ? checkpoint_store::end_of_job::retain : checkpoint_store::end_of_job::remove;
    result<void> done;
    if (!with.is_gone())
      done = with.on_store([&](checkpoint_store& store) { return store.end(what); });
    if (!done)
      with.close(); // it may have left the folder already
    with.tell(end_outcome{action, done});
  });
}

} // namespace weir::actors
