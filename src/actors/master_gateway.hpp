#pragma once

#include "actors/gateway_call.hpp"
#include "rest/cluster_gateway.hpp"

#include <caf/actor.hpp>

namespace weir::actors {

/// The actors that answer calls from outside.
struct gateway_peers {
  caf::actor dispatcher;
  caf::actor resource_manager;
  caf::actor blob_server;
  caf::actor call_clock;
};

/// Turns calls from any thread into messages to the actors of the master. When these have ended, a call ends
/// at once with unavailable.
class master_gateway final : public cluster_gateway {
public:
  explicit master_gateway(gateway_peers peers) : peers_{std::move(peers)} {}

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
  call_ptr<T> watched(callback<T> done);

  gateway_peers peers_;
};

} // namespace weir::actors
