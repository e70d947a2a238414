#include "rest/posting_gateway.hpp"

#include <utility>

namespace weir {

posting_gateway::posting_gateway(cluster_gateway& cluster, poster post)
    : cluster_{cluster}, post_{std::move(post)} {}

template <class T>
cluster_gateway::callback<T> posting_gateway::posted(callback<T> done) const {
  return [post = post_, done = std::move(done)](result<T> answer) {
    post([done, answer = std::move(answer)]() mutable { done(std::move(answer)); });
  };
}

void posting_gateway::workers(callback<std::vector<worker_status>> done) {
  cluster_.workers(posted(std::move(done)));
}

void posting_gateway::jobs(callback<std::vector<job_summary>> done) {
  cluster_.jobs(posted(std::move(done)));
}

void posting_gateway::job(job_id id, callback<job_details> done) {
  cluster_.job(id, posted(std::move(done)));
}

void posting_gateway::has_library(std::string hash, job_id submission, callback<bool> done) {
  cluster_.has_library(std::move(hash), submission, posted(std::move(done)));
}

void posting_gateway::put_library(std::string hash, std::string bytes, job_id submission,
                                  callback<void> done) {
  cluster_.put_library(std::move(hash), std::move(bytes), submission, posted(std::move(done)));
}

void posting_gateway::submit(job_submission submission, callback<job_id> done) {
  cluster_.submit(std::move(submission), posted(std::move(done)));
}

void posting_gateway::cancel(job_id id, callback<void> done) {
  cluster_.cancel(id, posted(std::move(done)));
}

void posting_gateway::checkpoint(job_id id, bool full, callback<checkpoint_id> done) {
  cluster_.checkpoint(id, full, posted(std::move(done)));
}

} // namespace weir
