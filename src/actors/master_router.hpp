#pragma once

#include "actors/connector.hpp"
#include "actors/master_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <map>

namespace weir::actors {

/// Between the connector and the actors of the master: turns bytes into messages and back, and knows jobs and
/// workers by their ids. It answers for job managers that are gone: an offer that nobody answers would cost
/// the worker its slot (protocol-control, choice 3).
///
/// A worker that sends what a worker cannot send, or speaks for another one, is disconnected.
class master_router : public caf::event_based_actor {
public:
  master_router(caf::actor_config& config, caf::actor connector);

  caf::behavior make_behavior() override;
  const char* name() const override { return "master_router"; }
  void on_exit() override;

private:
  void receive(const received_control& message);
  void dispatch(const incarnation_id& peer, control_message&& message);
  void send_control_to(const incarnation_id& worker, const control_message& message);
  void refuse(const incarnation_id& peer, const std::string& why);

  caf::actor connector_;
  caf::actor resource_manager_;
  caf::actor blob_server_;
  std::map<job_id, caf::actor> job_managers_;
};

} // namespace weir::actors
