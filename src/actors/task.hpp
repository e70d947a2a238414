#pragma once

#include "actors/connector.hpp"
#include "actors/task_messages.hpp"
#include "base/platform.hpp"
#include "state/checkpoint_writer.hpp"
#include "state/local_copies.hpp"
#include "task/subtask.hpp"

#include <caf/event_based_actor.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <unordered_map>
#include <vector>

namespace weir::actors {

/// What all tasks of a worker share. Outlives them.
struct task_surroundings {
  platform* environment = nullptr;
  incarnation_id worker;
  caf::actor connector;
  caf::actor task_manager;
  std::shared_ptr<local_copies> copies;     ///< of the snapshot files that are written here
  std::atomic<std::uint64_t> last_route{0}; ///< routes are used once in the life of a process
  bool detached = true;                     ///< each task has a thread of its own, since user code may block
};

/// Runs one subtask, and carries what goes over its channels.
///
/// Between processes a frame goes by the route that the other end gave out for the present opening, and what
/// names an earlier one finds nobody. In one process the two ends send each other messages with the batch
/// itself.
class task : public caf::event_based_actor, private subtask_transport, private checkpoint_transport {
public:
  task(caf::actor_config& config, std::shared_ptr<task_surroundings> surroundings, start_task what,
       caf::actor slot);

  caf::behavior make_behavior() override;
  const char* name() const override { return "task"; }
  void on_exit() override;

  /// Set from any thread; see subtask::cancel_flag.
  [[nodiscard]] const std::shared_ptr<std::atomic<bool>>& canceled() const { return subtask_.cancel_flag(); }

private:
  /// The other end of an incoming channel, in the present opening.
  struct producer_end {
    std::uint32_t opening = 0;
    std::uint64_t own_route = 0; ///< where its frames come
    incarnation_id worker;
    bool local = false;
    bool known = false; ///< it has answered
    caf::actor actor;   ///< if local
    std::uint64_t route = 0;
    std::optional<std::uint64_t> owed_grant; ///< from before it answered
  };

  /// The other end of an outgoing channel, in the present opening.
  struct consumer_end {
    std::uint32_t opening = 0;
    std::uint64_t own_route = 0; ///< where its credits come
    incarnation_id worker;
    caf::actor actor; ///< if local
    std::uint64_t route = 0;
    std::uint64_t unsent_sequence = 0; ///< of the first of `unsent`
    std::vector<channel_item> unsent;  ///< if local
  };

  void start();
  void run();
  void stop(const stop_task& how);
  void measure();
  void run_later();
  void wake_later(time_point at);
  void end(task_state how, std::string cause, bool irreversible = false);
  void leave_if_over();

  void on(const notify_task& message);
  void on(open_request& request);
  void on(channel_answer& answer);
  void on(received_routed& received);
  void on(const peer_broken& broken);
  void on_opened(std::uint32_t in, const channel_opened& message, const caf::actor& producer);
  void answer(const open_request& request, channel_answer reply);
  [[nodiscard]] std::optional<std::uint32_t> find_in(const channel_id& channel) const;
  std::uint64_t new_route() { return ++around_->last_route; }
  void bind(std::uint64_t route);
  void unbind_all();
  void deliver_items(consumer_end& to);

  subtask_setup prepare(start_task what);
  void log_restored() const;

  // checkpoint_transport
  void write_snapshot(checkpoint_id checkpoint, snapshot_head head,
                      std::vector<operator_state_cut> cuts) override;
  void discard_snapshot(const snapshot_handle& written) override;
  void acknowledge(checkpoint_id checkpoint, const snapshot_handle& state,
                   const checkpoint_timings& timings) override;
  void decline(checkpoint_id checkpoint, const std::string& reason) override;
  void end_data() override;

  // subtask_transport
  void open_channel(std::uint32_t in, std::uint32_t opening, std::uint64_t granted_total) override;
  void grant(std::uint32_t in, std::uint64_t granted_total, std::vector<detail::batch_ptr> emptied) override;
  void deliver_items() override;
  void close_channel(std::uint32_t in) override;
  void send_item(std::uint32_t out, std::uint64_t sequence, channel_item item) override;
  void send_frame(std::uint32_t out, std::vector<char> frame) override;

  std::shared_ptr<task_surroundings> around_;
  attempt_id attempt_;
  caf::actor slot_;
  std::size_t items_at_once_;                        ///< to a consumer in this process
  std::shared_ptr<checkpoint_writer> writer_;        ///< nullptr: the job takes no checkpoints
  std::shared_ptr<const detail::stream_graph> code_; ///< for what the executor still has of it
  std::shared_ptr<restored_files> restored_;         ///< nullptr: without local copies
  std::stop_source stop_writing_;
  std::uint32_t snapshots_being_written_ = 0;
  std::optional<task_changed> last_; ///< its end, once that is decided
  subtask subtask_;
  std::vector<producer_end> producers_;                   ///< by incoming channel
  std::vector<consumer_end> consumers_;                   ///< by outgoing channel
  std::unordered_map<std::uint64_t, std::uint32_t> ins_;  ///< consumer routes
  std::unordered_map<std::uint64_t, std::uint32_t> outs_; ///< producer routes
  std::vector<std::uint64_t> bound_;                      ///< routes the connector knows
  std::vector<open_request> early_;                       ///< came before the operators were open
  bool opened_ = false;
  bool ended_ = false;
  bool run_is_coming_ = false;
  std::optional<time_point> wake_at_;
};

} // namespace weir::actors
