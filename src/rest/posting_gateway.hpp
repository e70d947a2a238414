#pragma once

#include "rest/cluster_gateway.hpp"

#include <functional>

namespace weir {

/// A gateway whose answers come back on one thread, so that what uses it needs no locks. `post` must be safe
/// to call from any thread and at any time; what it drops is never called.
class posting_gateway final : public cluster_gateway {
public:
  using poster = std::function<void(std::function<void()>)>;

  posting_gateway(cluster_gateway& cluster, poster post);

  void workers(callback<std::vector<worker_status>> done) override;
  void jobs(callback<std::vector<job_summary>> done) override;
  void job(job_id id, callback<job_details> done) override;
  void has_library(std::string hash, job_id submission, callback<bool> done) override;
  void put_library(std::string hash, std::string bytes, job_id submission, callback<void> done) override;
  void submit(job_submission submission, callback<job_id> done) override;
  void cancel(job_id id, callback<void> done) override;
  void checkpoint(job_id id, bool full, callback<checkpoint_id> done) override;

private:
  template <class T>
  callback<T> posted(callback<T> done) const;

  cluster_gateway& cluster_;
  poster post_;
};

} // namespace weir
