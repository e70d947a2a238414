#include "simulation/step_threads.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace weir::simulation {

class step_threads::thread {
public:
  thread() : works_{[this] { work(); }} {}

  ~thread() {
    step_ = nullptr;
    give_turn_to(side::step);
    works_.join();
  }

  void begin(std::function<void()> step) {
    step_ = std::move(step);
    has_ended_ = false;
  }

  /// Until the step has ended or stopped.
  void run() {
    give_turn_to(side::step);
    await_turn_of(side::caller);
  }

  void stop_here() {
    give_turn_to(side::caller);
    await_turn_of(side::step);
  }

  [[nodiscard]] bool has_ended() const { return has_ended_; }
  std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

private:
  enum class side { caller, step };

  void give_turn_to(side whose) {
    std::lock_guard guard{mutex_};
    turn_ = whose;
    changed_.notify_one();
  }

  void await_turn_of(side whose) {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [&] { return turn_ == whose; });
  }

  void work() {
    for (await_turn_of(side::step); step_; await_turn_of(side::step)) {
      try {
        step_();
      } catch (...) {
        failure_ = std::current_exception();
      }
      step_ = nullptr;
      has_ended_ = true;
      give_turn_to(side::caller);
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  side turn_ = side::caller;
  std::function<void()> step_;
  bool has_ended_ = false;
  std::exception_ptr failure_;
  std::thread works_; ///< last: it uses the others
};

step_threads::step_threads() = default;
step_threads::~step_threads() = default;

step_threads::stopped_step step_threads::run(std::function<void()> step) {
  if (idle_.empty())
    idle_.push_back(all_.emplace_back(std::make_unique<thread>()).get());
  thread* chosen = idle_.back();
  idle_.pop_back();
  chosen->begin(std::move(step));
  return hand_over(chosen);
}

step_threads::stopped_step step_threads::go_on(stopped_step stopped) {
  return hand_over(stopped);
}

step_threads::stopped_step step_threads::hand_over(stopped_step to) {
  running_ = to;
  to->run();
  running_ = nullptr;
  if (!to->has_ended())
    return to;
  auto failure = to->take_failure();
  idle_.push_back(to);
  if (failure)
    std::rethrow_exception(failure);
  return nullptr;
}

void step_threads::stop_here() {
  running_->stop_here();
}

} // namespace weir::simulation
