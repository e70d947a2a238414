#pragma once

#include "rest/cluster_gateway.hpp"

#include "base/hash.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// A cluster that exists in memory only and answers at once, or with `failure` when that is set.
class memory_gateway final : public cluster_gateway {
public:
  std::vector<worker_status> worker_list;
  std::vector<job_details> job_list;
  std::map<std::string, std::string> libraries; ///< bytes by hash
  std::vector<job_submission> submitted;
  std::vector<job_id> canceled;
  struct wished_checkpoint {
    job_id job;
    bool full = false;
    callback<checkpoint_id> done; ///< the test calls it
  };
  std::vector<wished_checkpoint> checkpoints;
  std::optional<error> failure;

  void workers(callback<std::vector<worker_status>> done) override {
    failure ? done(*failure) : done(worker_list);
  }

  void jobs(callback<std::vector<job_summary>> done) override {
    if (failure)
      return done(*failure);
    std::vector<job_summary> summaries;
    for (const job_details& job : job_list)
      summaries.push_back(job.summary);
    done(std::move(summaries));
  }

  void job(job_id id, callback<job_details> done) override {
    if (failure)
      return done(*failure);
    for (const job_details& job : job_list)
      if (job.summary.id == id)
        return done(job);
    done(error{errc::not_found, "no such job"});
  }

  void has_library(std::string hash, job_id, callback<bool> done) override {
    failure ? done(*failure) : done(libraries.contains(hash));
  }

  void put_library(std::string hash, std::string bytes, job_id, callback<void> done) override {
    if (failure)
      return done(*failure);
    if (sha256_hex(bytes) != hash)
      return done(error{errc::invalid_argument, "the bytes have another hash"});
    libraries[hash] = std::move(bytes);
    done({});
  }

  void submit(job_submission submission, callback<job_id> done) override {
    if (failure)
      return done(*failure);
    if (!libraries.contains(submission.spec.library_hash))
      return done(error{errc::not_found, "the library is not in the store"});
    job_id id = submission.id;
    submitted.push_back(std::move(submission));
    done(id);
  }

  void cancel(job_id id, callback<void> done) override {
    if (failure)
      return done(*failure);
    for (const job_details& job : job_list) {
      if (job.summary.id != id)
        continue;
      if (is_terminal(job.summary.state))
        return done(error{errc::already_exists, "the job has ended: FINISHED"});
      canceled.push_back(id);
      return done({});
    }
    done(error{errc::not_found, "no such job"});
  }

  void checkpoint(job_id id, bool full, callback<checkpoint_id> done) override {
    checkpoints.push_back({id, full, std::move(done)});
  }
};

} // namespace weir::testing
