#pragma once

#include "task/subtask.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// One subtask of a local_pipeline with its mailbox. All but post() and cancel() is called from one thread.
class local_station final : public subtask_transport {
public:
  /// What goes from one station to another. `in` and `out` number channels of the receiver, `sender_…` of the
  /// sender.
  struct open_message {
    channel_id channel;
    std::uint32_t sender_in = 0;
    std::uint32_t opening = 0;
    std::uint64_t granted_total = 0;
  };
  struct opened_message {
    std::uint32_t in = 0;
    std::uint32_t opening = 0;
    std::uint32_t sender_out = 0;
  };
  struct not_yet_message {
    std::uint32_t in = 0;
    std::uint32_t opening = 0;
  };
  struct gone_message {
    std::uint32_t in = 0;
    std::uint32_t opening = 0;
    std::string reason;
  };
  struct credit_message {
    std::uint32_t out = 0;
    std::uint64_t granted_total = 0;
    std::vector<detail::batch_ptr> emptied;
  };
  struct close_message {
    std::uint32_t out = 0;
  };
  struct item_message {
    std::uint32_t in = 0;
    std::uint64_t sequence = 0;
    channel_item item;
  };
  struct frame_message {
    std::uint32_t in = 0;
    std::vector<char> frame;
  };
  using message = std::variant<open_message, opened_message, not_yet_message, gone_message, credit_message,
                               close_message, item_message, frame_message>;

  /// Stations by vertex and subtask.
  using directory = std::map<std::pair<std::uint32_t, std::uint32_t>, std::unique_ptr<local_station>>;

  /// All that is referred to outlives the station.
  local_station(subtask_setup setup, weir::platform& platform, const directory& all,
                const std::function<bool(const channel_id&)>& is_local);

  result<void> open();
  [[nodiscard]] bool is_open() const { return open_; }

  void post(const attempt_id& from, message sent);
  void cancel();

  [[nodiscard]] bool has_mail();
  /// Handles the oldest message of one sender, which `choice` picks; false when there is none.
  bool deliver(std::uint64_t choice);

  void run(std::uint32_t batches);
  /// Handles messages and runs, until the task has ended.
  void run_to_end(std::uint32_t batches);

  /// Neither finished nor failed nor canceled.
  [[nodiscard]] bool is_live() const;
  /// Ran without finding work, and got no message since.
  [[nodiscard]] bool is_settled() const { return settled_; }
  void unsettle() { settled_ = false; }

  [[nodiscard]] const run_outcome& outcome() const { return outcome_; }
  [[nodiscard]] std::uint64_t peak_in_flight() const { return peak_in_flight_; }
  [[nodiscard]] subtask& task() { return task_; }

  void open_channel(std::uint32_t in, std::uint32_t opening, std::uint64_t granted_total) override;
  void grant(std::uint32_t in, std::uint64_t granted_total, std::vector<detail::batch_ptr> emptied) override;
  void deliver_items() override {}
  void close_channel(std::uint32_t in) override;
  void send_item(std::uint32_t out, std::uint64_t sequence, channel_item item) override;
  void send_frame(std::uint32_t out, std::vector<char> frame) override;

private:
  struct consumer_route {
    local_station* to = nullptr;
    std::uint32_t in = 0;
    std::uint64_t window = 0; ///< the first grant
    std::uint64_t granted = 0;
  };

  local_station& station_of(const attempt_id& attempt) const {
    return *all_.at({attempt.vertex, attempt.subtask});
  }
  void to_producer(std::uint32_t in, message sent);
  void note_sent(std::uint32_t out, std::uint64_t sequence);

  void on(const attempt_id& from, open_message& what);
  void on(const attempt_id& from, opened_message& what);
  void on(const attempt_id& from, not_yet_message& what);
  void on(const attempt_id& from, gone_message& what);
  void on(const attempt_id& from, credit_message& what);
  void on(const attempt_id& from, close_message& what);
  void on(const attempt_id& from, item_message& what);
  void on(const attempt_id& from, frame_message& what);

  attempt_id self_;
  weir::platform& platform_;
  const directory& all_;
  const std::function<bool(const channel_id&)>& is_local_;
  std::vector<consumer_route> consumers_;            ///< by outgoing channel
  std::map<std::uint32_t, std::uint32_t> producers_; ///< incoming channel to the producer's number for it
  std::uint64_t peak_in_flight_ = 0;
  run_outcome outcome_;
  bool open_ = false;
  bool settled_ = false;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<attempt_id, std::deque<message>> mailbox_;
  std::size_t waiting_ = 0;

  subtask task_; // the last member: its end closes channels, which uses the others
};

} // namespace weir
