#include "actors/master_gateway.hpp"

#include "actors/master_messages.hpp"

#include <caf/send.hpp>

namespace weir::actors {

void master_gateway::workers(callback<std::vector<worker_status>> done) {
  caf::anon_send(peers_.resource_manager, list_workers{watched(std::move(done))});
}

void master_gateway::jobs(callback<std::vector<job_summary>> done) {
  caf::anon_send(peers_.dispatcher, list_jobs{watched(std::move(done))});
}

void master_gateway::job(job_id id, callback<job_details> done) {
  caf::anon_send(peers_.dispatcher, describe_job{id, watched(std::move(done))});
}

void master_gateway::has_library(std::string hash, job_id submission, callback<bool> done) {
  caf::anon_send(peers_.blob_server, find_library{std::move(hash), submission, watched(std::move(done))});
}

void master_gateway::put_library(std::string hash, std::string bytes, job_id submission,
                                 callback<void> done) {
  auto shared = std::make_shared<const std::string>(std::move(bytes));
  caf::anon_send(peers_.blob_server, actors::put_library{std::move(hash), std::move(shared), submission,
                                                         watched(std::move(done))});
}

void master_gateway::submit(job_submission submission, callback<job_id> done) {
  caf::anon_send(peers_.dispatcher, submit_job{std::move(submission), watched(std::move(done))});
}

void master_gateway::cancel(job_id id, callback<void> done) {
  caf::anon_send(peers_.dispatcher, cancel_job{id, watched(std::move(done))});
}

void master_gateway::checkpoint(job_id id, bool full, callback<checkpoint_id> done) {
  // Not watched: it takes as long as the checkpoint.
  auto call = std::make_shared<gateway_call<checkpoint_id>>(std::move(done));
  caf::anon_send(peers_.dispatcher, take_checkpoint{id, full, std::move(call)});
}

template <class T>
call_ptr<T> master_gateway::watched(callback<T> done) {
  auto call = std::make_shared<gateway_call<T>>(std::move(done));
  caf::anon_send(peers_.call_clock, watch_call{call});
  return call;
}

} // namespace weir::actors
