#include "simulation/scenario.hpp"

#include "base/options.hpp"
#include "simulation/word_count_job.hpp"
#include "simulation/workers_at_rest.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <type_traits>

namespace weir::simulation {

using namespace std::chrono_literals;

namespace {

/// A run without faults takes about so many steps for each job.
constexpr std::uint64_t steps_of_interest = 600;

/// Virtual time after the last fault in which all must be well again: more than every timeout together.
constexpr auto patience = 30min;

/// A healthy cluster sends heartbeats; one whose actors talk without end in no time would never use up its
/// patience.
constexpr std::uint64_t steps_max = 2'000'000;

configuration small_buffers() {
  configuration values;
  values.set(options::taskmanager_slots, 2);
  values.set(options::taskmanager_segment_size, memory_size{1024}); // many frames, so that many can be lost
  values.set(options::taskmanager_buffers_per_channel, 2);
  values.set(options::blob_chunk_size, memory_size{1024});
  values.set(options::task_cancellation_timeout, 10s); // less than a task may block
  return values;
}

/// Plays the clients, the faults and the repairs around a cluster.
class play_run {
public:
  explicit play_run(const scenario& what)
      : what_{what},
        job_{std::make_shared<word_count_job>()},
        cluster_{
            {.seed = what.seed, .latency_max = what.latency_max, .values = small_buffers(), .code = job_}} {
    job_->write_input(cluster_.files());
    for (std::size_t i = 0; i < what.jobs; ++i)
      clients_.push_back(
          std::make_unique<client>(cluster_, *job_, what.parallelism, job_id{{what.seed + 1, i + 1}}));
    plan_faults();
  }

  outcome run() {
    while (!is_over()) {
      inject();
      repair();
      for (auto& each : clients_)
        each->talk();
      look_at_workers();
      cluster_.step();
    }
    for (const auto& each : clients_)
      seen_.jobs.push_back(each->end());
    seen_.trace = cluster_.trace();
    seen_.steps = cluster_.steps();
    return std::move(seen_);
  }

private:
  struct fault {
    std::string name;
    std::function<bool()> action; ///< false: there is nothing yet to do it to
  };

  void plan_faults() {
    auto& random = cluster_.random();
    auto moment = [&] { return random() % (steps_of_interest * what_.jobs); };
    auto length = [&] { return std::chrono::milliseconds{random() % (random() % 2 ? 300 : 40'000)}; };
    for (int i = 0; i < what_.faults; ++i) {
      plan(moment(), "a connection breaks", [this] { cluster_.break_a_connection(); });
      auto paused = random() % cluster_.nodes();
      auto pause = length();
      plan(moment(),
           "node " + std::to_string(paused) + " pauses for " + std::to_string(pause.count()) + " ms",
           [=, this] { cluster_.pause(paused, pause); });
      auto block = length();
      plan(moment(), "a task blocks for " + std::to_string(block.count()) + " ms",
           [=, this] { cluster_.block_a_task(block); });
      for (auto node :
           {1 + random() % (cluster_.nodes() - 1), std::uint64_t{simulated_cluster::master_node}}) {
        auto down = length();
        plan(moment(),
             "node " + std::to_string(node) + " crashes, back after " + std::to_string(down.count()) + " ms",
             [=, this] { crash(node, down); });
      }
    }
    for (int i = 0; i < what_.breaks; ++i)
      plan(moment(), "a connection between workers breaks",
           [this] { return cluster_.break_a_connection_of_workers(); });
    if (what_.cancels)
      for (auto& each : clients_)
        plan(moment(), "a job is canceled", [client = each.get()] { client->cancel(); });
    // Not every run gets every fault, so that each is also seen alone.
    std::erase_if(faults_, [&](const auto&) { return random() % 2 == 0; });
  }

  template <class Action>
  void plan(std::uint64_t step, std::string name, Action action) {
    faults_.emplace(step, fault{std::move(name), [action] {
                                  if constexpr (std::is_void_v<decltype(action())>)
                                    return action(), true;
                                  else
                                    return action();
                                }});
  }

  void crash(std::size_t node, std::chrono::milliseconds down) {
    cluster_.crash(node);
    back_at_.emplace(node, cluster_.now() + down);
    cluster_.wake_at(back_at_[node]);
  }

  void inject() {
    while (!faults_.empty() && faults_.begin()->first <= cluster_.steps()) {
      auto next = std::move(faults_.begin()->second);
      faults_.erase(faults_.begin());
      if (!next.action()) {
        if (!all_ended())
          faults_.emplace(cluster_.steps() + 1 + cluster_.random()() % 50, std::move(next));
        continue;
      }
      seen_.faults.push_back("step " + std::to_string(cluster_.steps()) + ": " + next.name);
      last_fault_ = cluster_.now();
    }
  }

  void repair() {
    for (std::size_t node = 0; node < cluster_.nodes(); ++node) {
      if (!cluster_.is_down(node))
        continue;
      auto [back, ended_itself] = back_at_.emplace(node, cluster_.now() + 1s); // task.cancellation.timeout
      if (ended_itself)
        cluster_.wake_at(back->second);
      if (cluster_.now() < back->second)
        continue;
      back_at_.erase(back);
      cluster_.restart(node);
      last_fault_ = cluster_.now();
      if (node != simulated_cluster::master_node)
        continue;
      workers_.on_master_gone();
      for (auto& each : clients_)
        each->on_master_gone();
    }
  }

  bool all_ended() const {
    return std::ranges::all_of(clients_, [](const auto& each) { return each->is_over(); });
  }

  /// Once all jobs have ended: are all workers there, with empty hands?
  void look_at_workers() {
    if (all_ended() && faults_.empty())
      workers_.look([this](std::string wrong) { complaint_ = std::move(wrong); });
  }

  bool is_over() {
    if (!cluster_.violation().empty()) {
      seen_.trouble = cluster_.violation();
      return true;
    }
    if (complaint_.empty())
      return true;
    if (cluster_.steps() > steps_max) {
      seen_.trouble = "the actors talk without end";
      return true;
    }
    if (!faults_.empty() || cluster_.now() < last_fault_ + patience)
      return false;
    auto unended = std::ranges::count_if(clients_, [](const auto& each) { return !each->is_over(); });
    seen_.trouble = unended > 0 ? std::to_string(unended) + " jobs did not end" : complaint_;
    return true;
  }

  scenario what_;
  std::shared_ptr<word_count_job> job_;
  simulated_cluster cluster_;
  std::vector<std::unique_ptr<client>> clients_;
  std::multimap<std::uint64_t, fault> faults_; ///< by step
  std::map<std::size_t, time_point> back_at_;  ///< of nodes that are down
  time_point last_fault_{};
  workers_at_rest workers_{cluster_, 1s};
  std::string complaint_ = "the cluster was not looked at";
  outcome seen_;
};

} // namespace

outcome play(const scenario& what) {
  return play_run{what}.run();
}

const std::vector<std::string>& expected_result() {
  static const word_count_job job;
  return job.expected();
}

} // namespace weir::simulation
