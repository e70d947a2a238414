#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// What a call gave.
template <class Out>
struct async_outcome {
  std::vector<Out> records;
  std::string failure; ///< empty: it did not fail
};

/// Answers on their way from any thread to the task's.
template <class Out>
class async_answers {
public:
  struct one {
    std::uint64_t call = 0;
    std::uint32_t attempt = 0;
    async_outcome<Out> outcome;
  };

  void put(one answer) {
    {
      std::lock_guard lock{mutex_};
      if (closed_)
        return;
      waiting_.push_back(std::move(answer));
      has_some_.store(true, std::memory_order_release);
    }
    arrived_.notify_one();
  }

  /// Those that have come.
  std::vector<one> take() {
    if (!has_some_.load(std::memory_order_acquire))
      return {};
    std::lock_guard lock{mutex_};
    has_some_.store(false, std::memory_order_relaxed);
    return std::exchange(waiting_, {});
  }

  [[nodiscard]] bool any() const { return has_some_.load(std::memory_order_acquire); }

  /// Until there is one, at most so long.
  void wait(std::chrono::milliseconds at_most) {
    std::unique_lock lock{mutex_};
    arrived_.wait_for(lock, at_most, [this] { return !waiting_.empty(); });
  }

  /// Drops all that comes from now on.
  void close() {
    std::lock_guard lock{mutex_};
    closed_ = true;
    waiting_.clear();
  }

private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::atomic<bool> has_some_{false};
  std::vector<one> waiting_;
  bool closed_ = false;
};

/// Where one attempt of a call puts its answer.
template <class Out>
class async_answer {
public:
  async_answer(std::shared_ptr<async_answers<Out>> to, std::uint64_t call, std::uint32_t attempt)
      : to_{std::move(to)}, call_{call}, attempt_{attempt} {}
  async_answer(const async_answer&) = delete;
  async_answer& operator=(const async_answer&) = delete;

  ~async_answer() {
    if (!given_.load(std::memory_order_relaxed))
      give({{}, "nobody answers any more: the last weir::async_result of the call is gone"});
  }

  void give(async_outcome<Out> outcome) {
    if (!given_.exchange(true))
      to_->put({call_, attempt_, std::move(outcome)});
  }

private:
  std::shared_ptr<async_answers<Out>> to_;
  std::uint64_t call_;
  std::uint32_t attempt_;
  std::atomic<bool> given_{false};
};

} // namespace weir::detail
