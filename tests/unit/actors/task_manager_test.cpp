#include "actors/task_manager.hpp"

#include "base/log.hpp"
#include "master_fixture.hpp"
#include "wire/control_codec.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <vector>

using namespace weir;
using namespace weir::actors;

namespace {

struct heard {
  std::vector<send_routed> routed;      ///< by the connector, for other workers
  std::vector<control_message> control; ///< likewise
  std::vector<channel_answer> answers;  ///< by the task
};

caf::behavior noting_connector(caf::event_based_actor*, std::shared_ptr<heard> what) {
  return {
      [](const own_connector&) {},
      [](const dial&) {},
      [what](const send_control& message) {
        auto decoded = decode_control(message.bytes);
        REQUIRE(decoded);
        what->control.push_back(std::move(*decoded));
      },
      [what](const send_routed& message) { what->routed.push_back(message); },
  };
}

caf::behavior noting_task(caf::event_based_actor*, std::shared_ptr<heard> what) {
  return {
      [what](const channel_answer& answer) { what->answers.push_back(answer); },
      [](const measure_task&) {},
  };
}

/// A worker on CAF's testing scheduler. The test is its slot, its connector and the other worker, which has
/// the producer of a channel; the consumer is here.
class one_worker {
public:
  one_worker() {
    log::set_level("off");
    config_.set("scheduler.policy", caf::atom("testing"));
    system_ = std::make_unique<caf::actor_system>(config_);
    connector_ = system_->spawn(noting_connector, what);
    task_ = system_->spawn(noting_task, what);
    task_manager_settings settings;
    settings.core.self = {{.high = 1, .low = 1}};
    settings.master = {"master", 6123};
    settings.libraries.folder = environment_.folder;
    settings.copies =
        std::make_shared<local_copies>(environment_, std::vector<std::string>{environment_.folder});
    manager_ = system_->spawn<task_manager>(
        environment_, std::move(settings), connector{connector_, {{.high = 1, .low = 1}}, {"here", 1}},
        make_library_code_provider(environment_), false, [](const std::string&) {});
    settle();
    tell(peer_up{other, node_role::worker, {}, {"there", 1}});
  }

  ~one_worker() {
    for (caf::actor* each : {&manager_, &task_, &connector_}) {
      caf::anon_send_exit(*each, caf::exit_reason::user_shutdown);
      *each = nullptr;
    }
    what->answers.clear();
    settle();
    log::set_level("info");
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(manager_, std::move(message));
    settle();
  }

  /// The consumer asks for its channel.
  void ask() {
    tell(open_wish{{channel.producer, 0, other, {"there", 1}}, {channel, ++openings_, 77, 1}, task_});
  }
  /// The producer's answer to the last time.
  void answer() {
    tell(received_control{other, encode(channel_opened{channel, openings_, 77, producer_route})});
  }

  void start_task() { tell(task_started{channel.consumer, task_, canceled_}); }
  void end_task() { tell(task_changed{channel.consumer, task_state::canceled, {}}); }

  static constexpr std::uint64_t producer_route = 55;
  const incarnation_id other{{.high = 2, .low = 2}};
  const channel_id channel = [] {
    channel_id id;
    id.producer.subtask = 1;
    id.consumer.vertex = 1;
    return id;
  }();
  std::shared_ptr<heard> what = std::make_shared<heard>();

private:
  void settle() {
    while (dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler()).try_run_once())
      continue;
  }

  master_platform environment_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor connector_, task_, manager_;
  std::shared_ptr<std::atomic<bool>> canceled_ = std::make_shared<std::atomic<bool>>(false);
  std::uint32_t openings_ = 0;
};

} // namespace

TEST_CASE_FIXTURE(one_worker, "the answer for a channel reaches its task") {
  start_task();
  ask();
  answer();
  CHECK(what->answers.size() == 1);
  CHECK(what->routed.empty());
}

TEST_CASE_FIXTURE(one_worker,
                  "an answer that overtakes the news of its task's start does not close the channel") {
  ask(); // the task runs on another thread than what tells of its start
  answer();
  CHECK(what->answers.empty());
  CHECK(what->routed.empty());
  start_task();
  ask(); // as it does while it hears nothing
  answer();
  REQUIRE(what->answers.size() == 1);
  CHECK(std::get<channel_opened>(what->answers[0].message).opening == 2);
  CHECK(what->routed.empty());
}

TEST_CASE_FIXTURE(one_worker, "an answer for a task that has ended closes the channel at its producer") {
  start_task();
  ask();
  end_task();
  answer();
  CHECK(what->answers.empty());
  REQUIRE(what->routed.size() == 1);
  CHECK(what->routed[0].peer == other);
  CHECK(what->routed[0].route == producer_route);
}
