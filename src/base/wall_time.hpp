#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

namespace weir {

/// Wall time that never goes back. When the system's clock is set back, time goes on at half its speed until
/// the clock has caught up: whoever waits for a time then waits twice as long, and not until the clock is
/// where it was. From any thread.
class wall_time {
public:
  /// The time in milliseconds since 1970; `system_ms` is what the system's clock says, `steady_ms` a clock
  /// that is never set.
  std::int64_t at(std::int64_t system_ms, std::int64_t steady_ms);

private:
  std::int64_t behind(std::int64_t system_ms, std::int64_t steady_ms);

  std::atomic<std::int64_t> last_{INT64_MIN};
  std::mutex lock_;                  ///< of what follows, which counts while the clock is behind
  std::int64_t since_ms_ = 0;        ///< the time when that began
  std::int64_t since_steady_ms_ = 0; ///< the same on the steady clock
};

} // namespace weir
