#pragma once

#include "base/result.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace weir::actors {

/// A call whose limit can pass.
class expiring_call {
public:
  virtual ~expiring_call() = default;
  virtual void expire(error why) = 0;
};

/// A caller outside the actors who waits for an answer, and gets exactly one: the first. It travels in
/// messages, so when an actor ends with the call in its mailbox, the last reference answers that the master
/// is gone.
template <class T>
class gateway_call final : public expiring_call {
public:
  explicit gateway_call(std::function<void(result<T>)> done) : done_{std::move(done)} {}
  gateway_call(const gateway_call&) = delete;
  gateway_call& operator=(const gateway_call&) = delete;
  ~gateway_call() override { answer(error{errc::unavailable, "the master is shutting down"}); }

  /// Any thread may answer; all answers but the first are dropped.
  void answer(result<T> value) {
    if (!answered_.exchange(true))
      std::exchange(done_, nullptr)(std::move(value));
  }

  void expire(error why) override { answer(std::move(why)); }

private:
  std::function<void(result<T>)> done_;
  std::atomic<bool> answered_ = false;
};

template <class T>
using call_ptr = std::shared_ptr<gateway_call<T>>;

} // namespace weir::actors
