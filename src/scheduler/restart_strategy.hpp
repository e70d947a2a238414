#pragma once

#include "base/platform.hpp"

#include <weir/restarts.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace weir {

class configuration;

/// Decides whether a job that failed is started again, and when.
class restart_strategy {
public:
  virtual ~restart_strategy() = default;

  /// The job failed. How long to wait before its restart; nothing: it is not restarted. What fails while a
  /// restart is under way is a failure of its own when the failure before does not explain it.
  virtual std::optional<std::chrono::milliseconds> on_failure(time_point now) = 0;

  /// "fixed delay of 1 s, at most 3 restarts": for people, and for the message of the failure that is not
  /// followed by a restart.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// `checkpointed`: the job has checkpoints, so that it is restarted where nothing is said.
restart_settings read_restart_settings(const configuration& values, bool checkpointed);

/// `seed`: of what is random, so that the same one gives the same waits.
std::unique_ptr<restart_strategy> make_restart_strategy(const restart_settings& settings, std::uint64_t seed);

} // namespace weir
