#pragma once

#include "actors/connector.hpp"
#include "actors/master.hpp"
#include "base/configuration.hpp"
#include "base/platform.hpp"
#include "wire/control_messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::actors {

/// What the master sent through its connector.
struct sent_to_peers {
  caf::actor owner;
  leader_epoch epoch;
  std::map<incarnation_id, std::deque<control_message>> messages;
  std::map<incarnation_id, std::string> closed; ///< with the reason
};

/// Files of the system in a folder of its own, an executor that runs inline or when told, virtual time.
class master_platform final : public platform, public weir::clock, public randomness, public executor {
public:
  master_platform();
  ~master_platform() override;

  weir::clock& clock() override { return *this; }
  randomness& random() override { return *this; }
  file_system& files() override { return system_->files(); }
  weir::executor& executor() override { return *this; }

  time_point now() override { return {}; }
  std::int64_t wall_ms() override { return 1'700'000'000'000; }
  std::uint64_t next() override { return ++last_random_; }
  void run(std::function<void()> job) override;

  /// Keeps what comes in until release().
  void hold() { holds_ = true; }
  void release();

  const std::string folder;

private:
  std::unique_ptr<platform> system_ = make_system_platform();
  std::uint64_t last_random_ = 0;
  bool holds_ = false;
  std::deque<std::function<void()>> held_;
};

/// A master on CAF's testing scheduler, with a connector that notes what is sent. The tests are the workers.
class master_at_work {
public:
  master_at_work();
  explicit master_at_work(const configuration& settings);
  ~master_at_work();

  /// Runs all actors until none has a message.
  void settle();
  void advance(std::chrono::milliseconds by);

  void connect(const incarnation_id& worker);
  void disconnect(const incarnation_id& worker, const std::string& reason = "connection closed");
  void say(const incarnation_id& worker, const control_message& message);
  void say_bytes(const incarnation_id& worker, std::vector<char> bytes);

  /// Takes the oldest message of that type that the master sent to the worker, and forgets those before it.
  template <class Message>
  std::optional<Message> hear(const incarnation_id& worker) {
    auto& queue = sent->messages[worker];
    while (!queue.empty()) {
      control_message message = std::move(queue.front());
      queue.pop_front();
      if (auto* found = std::get_if<Message>(&message))
        return std::move(*found);
    }
    return std::nullopt;
  }

  /// Ends the job managers as a bug would.
  void kill_job_managers();

  /// A call through the gateway: how often it was answered, and with what.
  template <class T>
  struct answer {
    int times = 0;
    std::optional<result<T>> value;
  };

  template <class T, class Call>
  std::shared_ptr<answer<T>> ask(Call call) {
    auto got = std::make_shared<answer<T>>();
    call(running->gateway(), [got](result<T> value) {
      ++got->times;
      got->value = std::move(value);
    });
    settle();
    return got;
  }

  std::shared_ptr<answer<void>> upload(const std::string& bytes, const job_id& job);
  std::shared_ptr<answer<job_id>> submit(const job_id& job, const std::string& library,
                                         std::shared_ptr<const job_graph> graph);
  std::shared_ptr<answer<void>> cancel(const job_id& job);
  job_details describe(const job_id& job);
  std::vector<worker_status> workers();

  master_platform environment;
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  std::shared_ptr<sent_to_peers> sent = std::make_shared<sent_to_peers>();
  std::unique_ptr<master> running;

private:
  void start(const configuration& settings);
  caf::scheduler::test_coordinator& scheduler();

  caf::actor connector_;
};

} // namespace weir::actors
