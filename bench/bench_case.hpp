#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// One run of one side of a comparison.
struct run {
  double amount = 0; ///< of the case's unit: records or megabytes; for a time, seconds
  /// Equal on both sides, or they did not compute the same. 0: there is nothing to compare.
  std::uint64_t checksum = 0;
  /// How long the work took, where that is not the whole call: a job is timed from the first subtask RUNNING
  /// to the last one FINISHED. 0: the whole call.
  double seconds = 0;
  /// Processor time used by processes that go on behind the call; what this process and its ended children
  /// use is known.
  double cpu_seconds_elsewhere = 0;
};

enum class quantity : std::uint8_t {
  rate, ///< `amount` per second of the run; more is better
  time, ///< `amount` itself; less is better
};

/// A question: how does weir compare with the limit, which is a hand-written loop or a constant?
struct bench_case {
  std::string name;    ///< "word_count"
  std::string variant; ///< "string"; may be empty
  std::string unit;    ///< "records/s", "MB/s", "s"
  quantity kind = quantity::rate;
  double target = 0; ///< the least ratio we want to see; 0: none is stated
  double floor = 0;  ///< the least rate we want to see, in the unit; 0: none is stated

  /// The hand-written loop. Both are run from one thread, in turn.
  std::function<run()> limit;
  std::function<run()> weir;

  /// Another loop to look at beside the limit.
  struct reference {
    std::string name;
    std::function<run()> loop;
  };
  std::vector<reference> references;
};

/// Where cases come from: `scale` is 1 for the documented sizes and smaller for a quick look; `folder` is for
/// input. The input is made before the first run.
struct bench_settings {
  double scale = 1;
  std::string folder;
};

/// `size` at a scale, at least `least`.
inline std::uint64_t scaled(std::uint64_t size, const bench_settings& settings, std::uint64_t least = 1'000) {
  auto smaller = static_cast<std::uint64_t>(static_cast<double>(size) * settings.scale);
  return smaller < least ? least : smaller;
}

} // namespace bench
