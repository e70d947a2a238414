#include "scheduler/durable_job_store.hpp"

#include "base/log.hpp"
#include "wire/job_record_codec.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace weir {

namespace {

/// Longest record that is read; the results of a job are most of it.
constexpr std::uint64_t record_size_max = std::uint64_t{1} << 30;

class durable_job_store final : public job_store {
public:
  durable_job_store(platform& environment, std::shared_ptr<fenced_folder> fence, std::string folder,
                    std::function<void(const error&)> fenced)
      : work_{std::make_shared<work>(std::move(fence), std::move(folder), std::move(fenced))},
        executor_{environment.executor()} {}

  result<void> load() { return work_->load(); }

  void put(job_record record, std::function<void()> landed) override {
    job_id id = record.id;
    add({id, std::move(record), std::move(landed)});
  }

  void remove(const job_id& id) override {
    add({id, std::nullopt, [] {}});
  }

  std::vector<job_record> all() const override { return work_->landed(); }

  void retry() override {
    executor_.run([work = work_] {
      if (work->may_start())
        work->run();
      else
        work->look_who_leads();
    });
  }

private:
  struct write {
    job_id id;
    std::optional<job_record> record; ///< empty: to be removed
    std::function<void()> landed;
  };

  /// Outlives the store while the executor is at it.
  class work {
  public:
    work(std::shared_ptr<fenced_folder> fence, std::string folder, std::function<void(const error&)> fenced)
        : fence_{std::move(fence)}, folder_{std::move(folder)}, fenced_{std::move(fenced)} {}

    result<void> load() {
      file_system& files = fence_->files();
      if (auto made = fence_->make_folder(folder_); !made)
        return made;
      // What is read may have been written by a master that ended before it synced.
      for (const std::string& folder : {folder_of(folder_), folder_})
        if (auto synced = files.sync_folder(folder); !synced)
          return synced;
      auto entries = files.list(folder_);
      if (!entries)
        return entries.failure();
      for (const file_info& entry : *entries)
        if (auto loaded = load_record(entry); !loaded)
          return loaded;
      return {};
    }

    void add(write next) {
      std::lock_guard lock{mutex_};
      if (!is_fenced_)
        queue_.push_back(std::move(next));
    }

    /// True for the one who is to call run().
    bool may_start() {
      std::lock_guard lock{mutex_};
      return !queue_.empty() && !std::exchange(is_running_, true);
    }

    void run() {
      while (const write* next = front()) {
        if (auto done = perform(*next); !done)
          return stop(done.failure());
        landed (*next)();
      }
    }

    /// A master that has nothing to write would never hear of it.
    void look_who_leads() {
      if (auto leads = fence_->check(); !leads && leads.failure().code() == errc::fenced)
        end(leads.failure());
    }

    std::vector<job_record> landed() const {
      std::lock_guard lock{mutex_};
      std::vector<job_record> list;
      for (const auto& [id, record] : records_)
        list.push_back(record);
      return list;
    }

  private:
    result<void> load_record(const file_info& entry) {
      job_id id{parse_random_id(name_of(entry.path))};
      if (entry.is_folder || !id || to_string(id) != name_of(entry.path)) {
        log::scheduler.warn("file left alone that is no job record", {{"path", entry.path}});
        return {};
      }
      auto bytes = fence_->files().read_all(entry.path, record_size_max);
      if (!bytes)
        return bytes.failure();
      auto record = decode_job_record(*bytes, entry.path);
      if (record && record->id != id)
        record = damaged(job_record_format, entry.path, sealed_prefix_size,
                         "it is of job " + to_string(record->id));
      if (record)
        records_.insert_or_assign(id, std::move(*record));
      else
        log::scheduler.error("job not recovered", {{"job", id}, {"why", record.failure().message()}});
      return {};
    }

    const write* front() {
      std::lock_guard lock{mutex_};
      is_running_ = !queue_.empty();
      return is_running_ ? &queue_.front() : nullptr; // which stays where it is when others are put behind it
    }

    result<void> perform(const write& next) {
      std::string path = folder_ + "/" + to_string(next.id);
      return next.record ? fence_->put(path, encode_job_record(*next.record)) : fence_->remove(path);
    }

    std::function<void()> landed(const write& done) {
      std::lock_guard lock{mutex_};
      has_warned_ = false;
      if (done.record)
        records_.insert_or_assign(done.id, std::move(*queue_.front().record));
      else
        records_.erase(done.id);
      auto tell = std::move(queue_.front().landed);
      queue_.pop_front();
      return tell;
    }

    /// A write whose outcome is uncertain is done again as well: it brings about the same.
    void stop(const error& why) {
      {
        std::lock_guard lock{mutex_};
        is_running_ = false;
        if (why.code() == errc::fenced)
          queue_.clear();
        else if (!std::exchange(has_warned_, true))
          log::scheduler.warn("job record not stored, tried again later", {{"why", why.message()}});
      }
      if (why.code() == errc::fenced)
        end(why);
    }

    void end(const error& why) {
      {
        std::lock_guard lock{mutex_};
        if (std::exchange(is_fenced_, true))
          return;
      }
      fenced_(why);
    }

    std::shared_ptr<fenced_folder> fence_;
    std::string folder_;
    std::function<void(const error&)> fenced_;
    mutable std::mutex mutex_;
    std::map<job_id, job_record> records_;
    std::deque<write> queue_; ///< oldest first; the first one is being written while is_running_
    bool is_running_ = false;
    bool is_fenced_ = false;
    bool has_warned_ = false; ///< since the last success
  };

  void add(write next) {
    work_->add(std::move(next));
    if (work_->may_start())
      executor_.run([work = work_] { work->run(); });
  }

  std::shared_ptr<work> work_;
  executor& executor_;
};

} // namespace

result<std::unique_ptr<job_store>> open_durable_job_store(platform& environment,
                                                          std::shared_ptr<fenced_folder> fence,
                                                          const std::string& folder,
                                                          std::function<void(const error&)> fenced) {
  auto store = std::make_unique<durable_job_store>(environment, std::move(fence), folder, std::move(fenced));
  if (auto loaded = store->load(); !loaded)
    return loaded.failure().wrap("cannot read the jobs in " + folder);
  return std::unique_ptr<job_store>{std::move(store)};
}

} // namespace weir
