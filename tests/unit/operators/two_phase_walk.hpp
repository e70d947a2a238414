#pragma once

#include "manual_context.hpp"
#include "modelled_output.hpp"

#include <weir/detail/two_phase_commit.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace weir::testing {

/// A job of sinks alone, which write the numbers 0 to `records` - 1, with a coordinator that a seed plays:
/// checkpoints overlap, are aborted and complete, notices are late or never come, attempts are lost at any
/// call, come back as zombies, and go on at another parallelism. After each step it is judged what the
/// outside shows. Now and then the newest complete checkpoint cannot be read when sinks are deployed: they go
/// back behind it, unless one of them refuses; then it can be read again.
class two_phase_walk {
public:
  explicit two_phase_walk(std::uint64_t seed);

  /// Does so many steps, then lets the job come to its end without faults. Returns what was wrong first, or
  /// an empty string.
  std::string run(std::uint32_t steps);

  static constexpr std::uint64_t records = 60;

private:
  using checkpoint_id = std::uint64_t;
  using record = outside_system::record;

  /// One attempt of one subtask, with the numbers that it has still to write.
  struct sink {
    sink(std::uint32_t subtask, std::uint32_t parallelism, std::uint64_t attempt, outside_system& outside,
         platform& system, const element_snapshot& restored, bool goes_back)
        : subtask{subtask},
          context{
              {.subtask = subtask, .parallelism = parallelism, .attempt = attempt, .goes_back = goes_back},
              system,
              restored},
          output{outside, subtask, parallelism, attempt, parallelism_max} {}

    std::uint32_t subtask;
    manual_context context;
    modelled_output output;
    detail::two_phase_commit phases{output};
    std::deque<record> left;
    std::set<record> written;  ///< before the next barrier, and in snapshots before
    checkpoint_id barrier = 0; ///< the last that it took part in
    std::vector<checkpoint_id> notices;
  };

  struct checkpoint {
    checkpoint_id id = 0;
    element_snapshot states;
    std::set<record> written;
    std::uint32_t acknowledged = 0;
    std::vector<std::uint64_t> begun; ///< transactions, before each subtask passed the barrier
  };

  enum class opening { done, lost, refused };

  void deploy();
  opening open_all(const checkpoint& from, bool goes_back);
  void judge_refusal();
  void step();
  void write(sink& by);
  void trigger();
  void pass_barrier(sink& by);
  void complete();
  void abort();
  void deliver(sink& to);
  void lose_all();
  void rouse_zombie();
  void finish();
  void judge();
  void note(const std::string& what);
  /// Something that the job does: it may lose its process by it, and must not fail.
  template <class Call>
  bool act(Call call);
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  [[nodiscard]] sink& any_sink() { return *sinks_[below(sinks_.size())]; }

  static constexpr std::uint32_t parallelism_max = 3;

  std::mt19937_64 random_;
  std::unique_ptr<platform> platform_ = make_system_platform();
  outside_system outside_;
  std::uint64_t attempt_ = 0;
  std::vector<std::unique_ptr<sink>> sinks_;
  std::vector<std::unique_ptr<sink>> zombies_;
  checkpoint_id last_id_ = 0;
  std::deque<checkpoint> pending_;
  checkpoint completed_;            ///< the newest; 0: none
  std::optional<checkpoint> older_; ///< the one before it, while it is kept
  bool faults_ = true;
  std::string wrong_;
};

} // namespace weir::testing
