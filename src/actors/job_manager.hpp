#pragma once

#include "actors/checkpoint_storage.hpp"
#include "actors/master_messages.hpp"
#include "base/platform.hpp"

#include <caf/event_based_actor.hpp>

#include <map>
#include <optional>

namespace weir::actors {

/// Who a job manager speaks with.
struct job_manager_peers {
  caf::actor router;
  caf::actor resource_manager;
  caf::actor dispatcher;
};

/// Leads one job: job_manager_core decides. Ends when the job's end is stored and its slots are returned.
class job_manager : public caf::event_based_actor {
public:
  job_manager(caf::actor_config& config, platform& environment, const job_record& job,
              const job_settings& settings, job_manager_peers peers);

  caf::behavior make_behavior() override;
  const char* name() const override { return "job_manager"; }
  void on_exit() override;

private:
  void begin();
  void on(storage_opened& opened);
  void begin_with(storage_opened& opened);
  void on(const counter_outcome& stored);
  void on(const checkpoint_outcome& stored);
  void on(const removal_outcome& removed);
  void on(const end_outcome& ended);
  void perform(job_manager_core::actions actions);

  void act(send_to_worker& action);
  void act(slots_needed& action);
  void act(store_end& action);
  void act(job_done& action);
  void act(answer_checkpoint& action);
  void act(end_checkpoints& action);
  template <class ForStorage>
  void act(ForStorage& action);
  void leave_if_over();

  void tick_later();
  [[nodiscard]] std::int64_t wall_ms() { return platform_.clock().wall_ms(); }

  platform& platform_;
  job_manager_core core_;
  bool recovered_; ///< a master before this one has led the job
  job_manager_peers peers_;
  std::optional<checkpoint_storage> storage_; ///< empty: the job takes no checkpoints
  bool opening_ = false;                      ///< what the job goes on from is not known yet
  bool trying_on_ = false;                    ///< the disk failed, and is asked again
  bool cancel_waits_ = false;                 ///< for one of these
  bool look_is_coming_ = false;               ///< whether the checkpoints can be read by now
  std::map<std::uint64_t, call_ptr<checkpoint_id>> checkpoint_calls_;
  std::uint64_t last_call_ = 0;
  std::optional<time_point> tick_at_;
  bool ended_ = false;
  bool unbound_ = false;    ///< nothing more comes from others
  bool removing_ = false;   ///< what the job kept
  bool has_warned_ = false; ///< that this fails
};

} // namespace weir::actors
