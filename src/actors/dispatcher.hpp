#pragma once

#include "actors/job_manager.hpp"
#include "actors/master_messages.hpp"
#include "base/configuration.hpp"
#include "base/platform.hpp"
#include "scheduler/job_store.hpp"

#include <caf/event_based_actor.hpp>

#include <map>
#include <memory>
#include <vector>

namespace weir::actors {

/// Who the dispatcher speaks with.
struct dispatcher_peers {
  caf::actor router;
  caf::actor resource_manager;
  caf::actor blob_server;
};

/// Takes jobs in, starts a job manager for each and answers for those that have ended: dispatcher_core
/// decides.
class dispatcher : public caf::event_based_actor {
public:
  /// `settings`: the cluster's, which those of jobs go over. Goes on with the jobs in `store`.
  dispatcher(caf::actor_config& config, platform& environment, configuration settings, leader_epoch epoch,
             std::unique_ptr<job_store> store, dispatcher_peers peers);

  caf::behavior make_behavior() override;
  const char* name() const override { return "dispatcher"; }
  void on_exit() override;

private:
  void submit(const submit_job& wish);
  void cancel(const cancel_job& wish);
  void describe(const describe_job& wish);
  void checkpoint(const take_checkpoint& wish);
  void manager_down(const caf::down_msg& down);
  void perform(dispatcher_core::actions actions);

  void act(const claim_library& action);
  void act(const release_library& action);
  void act(const store_record& action);
  void act(const start_job& action);
  void act(const cancel_running_job& action);
  void act(const confirm_end& action);
  void act(const answer_submit& action);
  void act(const answer_cancel& action);
  void act(const remove_checkpoints& action);
  void act(const remove_record& action);
  void act(const trim_record& action);
  void sweep_later();
  void retry_later();

  platform& platform_;
  configuration settings_;
  leader_epoch epoch_;
  dispatcher_core core_;
  std::unique_ptr<job_store> store_;
  dispatcher_peers peers_;
  std::map<job_id, caf::actor> job_managers_;
  std::vector<caf::actor> cleaners_; ///< of checkpoints that a master before has left
  std::multimap<job_id, call_ptr<job_id>> waiting_submits_;
  std::multimap<job_id, call_ptr<void>> waiting_cancels_;
};

} // namespace weir::actors
