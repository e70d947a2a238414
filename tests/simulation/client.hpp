#pragma once

#include "rest/cluster_gateway.hpp"
#include "simulation/simulated_cluster.hpp"
#include "simulation/simulated_job.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::simulation {

/// How a job ended.
struct job_end {
  job_state state = job_state::initializing; ///< terminal once it has ended
  std::vector<std::string> result;           ///< sorted lines that a finished job has collected
  std::string cause;                         ///< of a failed one
};

/// Submits one job and watches it to its end. One question at a time, asked again when no answer comes; a
/// master that does not know the job gets it again, under the same id.
class client {
public:
  client(simulated_cluster& cluster, simulated_job& job, std::uint32_t parallelism, job_id id);

  /// Asks the next question, if it is time.
  void talk();

  /// The user has had enough: from now on the job is to end soon.
  void cancel();

  /// The present question will never be answered.
  void on_master_gone();

  [[nodiscard]] bool is_over() const { return is_terminal(end_.state); }
  [[nodiscard]] const job_end& end() const { return end_; }

  /// How often a master did not know the job after it had been accepted.
  [[nodiscard]] std::uint64_t times_forgotten() const { return times_forgotten_; }

  /// Told each answer about the job; may be empty.
  std::function<void(const job_details&)> on_answer;

private:
  enum class question { upload, submit, job };

  template <class Handle>
  auto answered(Handle handle);
  void pause(std::chrono::milliseconds length);
  void on_details(const result<job_details>& answer);

  simulated_cluster& cluster_;
  simulated_job& job_;
  job_id id_;
  job_spec spec_;
  std::shared_ptr<const job_graph> graph_;
  question next_ = question::upload;
  bool cancel_wanted_ = false;
  std::optional<time_point> asked_at_;
  time_point next_at_{};
  std::uint64_t turn_ = 0;
  bool was_accepted_ = false;
  std::uint64_t times_forgotten_ = 0;
  job_end end_;
  std::shared_ptr<client*> self_ = std::make_shared<client*>(this); ///< gone when the client is
};

std::vector<std::string> sorted_lines(const std::string& text);

} // namespace weir::simulation
