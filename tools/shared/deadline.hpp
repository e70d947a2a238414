#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

#include <poll.h>

namespace weir::testing {

using namespace std::chrono_literals;

using duration = std::chrono::milliseconds;

/// How long anything that a healthy program does at once may take on a loaded machine.
inline constexpr duration patience = 30s;

/// The condition a test waited for did not come true in time.
class deadline_passed : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Evaluates `condition` until it is true and returns true, or returns false once `limit` has passed.
template <class Condition>
bool comes_true(Condition condition, duration limit = patience) {
  auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end)
      return condition();
    ::poll(nullptr, 0, 5);
  }
  return true;
}

/// Throws deadline_passed("`what` did not happen within …") unless `condition` comes true in time.
template <class Condition>
void wait_until(const std::string& what, Condition condition, duration limit = patience) {
  if (!comes_true(condition, limit))
    throw deadline_passed{what + " did not happen within " + std::to_string(limit.count()) + " ms"};
}

} // namespace weir::testing
