#include "simulation/exactly_once_run.hpp"

#include "base/options.hpp"
#include "exactly_once_oracle.hpp"
#include "scheduler/checkpoint_history.hpp"
#include "simulation/checkpoint_watch.hpp"
#include "simulation/client.hpp"
#include "simulation/exactly_once_job.hpp"
#include "simulation/fault_injection.hpp"
#include "simulation/output_watch.hpp"
#include "simulation/simulated_cluster.hpp"
#include "simulation/workers_at_rest.hpp"
#include "state/checkpoint_folders.hpp"
#include "wire/job_record_codec.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <utility>

namespace weir::simulation {

using namespace std::chrono_literals;

namespace {

constexpr const char* output = "/shared/out";
constexpr const char* checkpoints = "/shared/checkpoints";
constexpr const char* masters = "/shared/ha";

/// Virtual time after the last fault in which all must be well again: more than every timeout together.
constexpr auto patience = 10min;

/// Between two looks at what is left.
constexpr auto look_interval = 500ms;

/// Some times what the longest sound run takes.
constexpr std::uint64_t steps_max = 1'000'000;

/// When the user cancels: at a given time, or with the next checkpoint or fault after it, or when a task has
/// written its part of one, so that the cancel may come while its metadata is being stored.
enum class moment { then, with_checkpoint, with_part, with_fault };

/// What the seed chooses beside the faults.
struct choices {
  std::uint32_t parallelism;
  std::uint64_t records;
  std::uint64_t keys;
  double rate;
  configuration values;
  exactly_once_job::form form;
  std::optional<std::chrono::milliseconds> canceled_at; ///< by the user, after the begin of the run
  moment canceled;
};

choices choose(std::uint64_t seed) {
  std::mt19937_64 random{seed * 0x9e3779b97f4a7c15 + 1};
  auto one_of = [&](auto... of) { return std::array{of...}[random() % sizeof...(of)]; };
  choices made{.parallelism = static_cast<std::uint32_t>(1 + random() % 4),
               .records = 150 + random() % 200,
               .keys = 1 + random() % 40,
               .rate = one_of(50.0, 100.0, 200.0),
               .values = {},
               .form = exactly_once_job::form::shuffled,
               .canceled_at = {},
               .canceled = {}};
  auto& to = made.values;
  to.set(options::taskmanager_slots, 2); // so that one of three workers may be away
  to.set(options::taskmanager_segment_size, memory_size{1024});
  to.set(options::taskmanager_buffers_per_channel, 2);
  to.set(options::taskmanager_managed_memory, memory_size{32 << 20});
  to.set(options::heartbeat_interval, 500ms);
  to.set(options::heartbeat_timeout, 2s);
  to.set(options::task_cancellation_timeout, 3s);
  to.set(options::slot_request_timeout, 20s);
  to.set(options::high_availability_storage_dir, masters);
  to.set(options::checkpointing_dir, checkpoints);
  to.set(options::checkpointing_interval, one_of(50ms, 200ms, 500ms));
  to.set(options::checkpointing_timeout, one_of(1'000ms, 10'000ms, 600'000ms));
  to.set(options::checkpointing_max_concurrent, one_of(1, 1, 3));
  to.set(options::checkpointing_num_retained, one_of(1, 1, 3));
  to.set(options::checkpointing_incremental, random() % 2 == 0);
  to.set(options::snapshot_fold_length, one_of(1, 10));
  to.set(options::checkpointing_tolerable_failed, 1'000'000);
  to.set(options::restart_strategy_type, "fixed-delay");
  to.set(options::restart_fixed_attempts, 1'000'000);
  to.set(options::restart_fixed_delay, 100ms);
  to.set(options::failover_strategy, one_of("region", "full"));
  to.set(options::state_backend_type, one_of("hashmap", "hashmap", "leveldb"));
  to.set(options::state_recovery_from_local, random() % 2 == 0);
  if (random() % 4 == 0)
    made.form = exactly_once_job::form::regions;
  if (random() % 4 == 0)
    made.canceled_at = std::chrono::milliseconds{200 + random() % 3'000};
  made.canceled =
      one_of(moment::then, moment::with_checkpoint, moment::with_part, moment::with_part, moment::with_fault);
  if (random() % 4 == 0)
    to.set(options::checkpointing_min_pause, 50ms);
  return made;
}

std::string describe(const choices& of) {
  std::string text = std::to_string(of.records) + " records of " + std::to_string(of.keys) + " keys, " +
                     std::to_string(static_cast<int>(of.rate)) + " a second, parallelism " +
                     std::to_string(of.parallelism);
  for (const auto& option :
       {options::checkpointing_interval.key, options::checkpointing_timeout.key,
        options::checkpointing_max_concurrent.key, options::checkpointing_num_retained.key,
        options::checkpointing_incremental.key, options::failover_strategy.key,
        options::state_backend_type.key, options::state_recovery_from_local.key})
    text += std::string{", "} + option + '=' + of.values.values().find(option)->second;
  if (of.form == exactly_once_job::form::regions)
    text += ", without shuffles";
  if (of.canceled_at)
    text += ", canceled at " + std::to_string(of.canceled_at->count()) + " ms" +
            (of.canceled == moment::with_checkpoint ? " with a checkpoint"
             : of.canceled == moment::with_part     ? " with a part of one"
             : of.canceled == moment::with_fault    ? " with a fault"
                                                    : "");
  return text;
}

/// Plays the client, the faults and the judge around a cluster.
class play_run {
public:
  explicit play_run(const exactly_once_run& what)
      : what_{what},
        chosen_{choose(what.seed)},
        job_{std::make_shared<exactly_once_job>(chosen_.form, chosen_.records, chosen_.keys, chosen_.rate,
                                                output)},
        id_{{what.seed + 1, 1}},
        folders_{checkpoints, id_},
        cluster_{{.seed = what.seed,
                  .workers = planned_nodes - 1,
                  .values = chosen_.values,
                  .code = job_,
                  .note = [this](const std::string& event) { note(event); },
                  .trace = what.trace ? [this](const std::string& step) { what_.trace(at_now(step)); }
                                      : std::function<void(const std::string&)>{},
                  .changes = [this](const auto& change, std::size_t life) { before(change, life); }}},
        checkpoints_{cluster_.files(), folders_},
        output_{cluster_.files(), output},
        client_{cluster_, *job_, chosen_.parallelism, id_},
        faults_{cluster_, *job_, folders_, what.faults} {
    checkpoints_.on_completed = [this](const completed_checkpoint& each) { on_completed(each); };
    // Where the newest one was damaged the job may have gone back behind it.
    checkpoints_.has_ended = [this] { return is_end_stored() || !faults_.damaged_checkpoints().empty(); };
    if (chosen_.canceled_at) {
      cancel_at_ = cluster_.now() + *chosen_.canceled_at;
      cluster_.wake_at(*cancel_at_);
    }
    client_.on_answer = [this](const job_details& answer) { look_at_job(answer); };
    seen_.settings = describe(chosen_);
  }

  exactly_once_outcome run() {
    while (!is_over()) {
      faults_.act([this](const std::string& event) { on_fault(event); }, [this] { master_gone(); });
      cancel_if(moment::then);
      client_.talk();
      look_at_workers();
      cluster_.step();
      look_at_output();
      if (std::string wrong = checkpoints_.look(); !wrong.empty())
        fail(wrong);
    }
    note(seen_.trouble.empty() ? "all is well" : "TROUBLE " + seen_.trouble);
    seen_.trace = cluster_.trace();
    seen_.steps = cluster_.steps();
    return std::move(seen_);
  }

private:
  std::string at_now(const std::string& what) const {
    if (!is_built_)
      return what;
    auto us =
        std::chrono::duration_cast<std::chrono::microseconds>(cluster_.now().time_since_epoch()).count();
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%10.3f ms  ", static_cast<double>(us) / 1000);
    return time.data() + what;
  }

  void note(const std::string& event) {
    seen_.timeline.push_back(at_now(event));
    if (what_.trace)
      what_.trace("-- " + seen_.timeline.back());
  }

  void fail(const std::string& why) {
    if (seen_.trouble.empty())
      seen_.trouble = why;
  }

  void master_gone() {
    workers_.on_master_gone();
    client_.on_master_gone();
  }

  /// Somebody is about to change the disk.
  void before(const simulated_disk::operation& change, std::size_t life) {
    if (!is_built_)
      return;
    look_at_output();
    is_output_changing_ = change.path.starts_with(output);
    checkpoints_.before(change, life);
    if (change.what == simulated_disk::action::rename &&
        read_unfinished_snapshot_name(weir::name_of(change.path)))
      cancel_if(moment::with_part);
  }

  void look_at_output() {
    if (!std::exchange(is_output_changing_, false))
      return;
    if (std::string wrong = output_.look(); !wrong.empty())
      fail(wrong);
    checkpoints_.rely_on(output_.newest_committed());
  }

  /// Read past all faults.
  bool is_end_stored() {
    std::string path = std::string{masters} + "/jobs/" + to_string(id_);
    if (!cluster_.files().info(path))
      return false;
    std::string bytes = cluster_.files().content(path);
    auto record = decode_job_record(bytes, path);
    return record && record->state == record_state::ended;
  }

  void look_at_job(const job_details& answer) {
    if (answer.summary.state != last_state_) {
      last_state_ = answer.summary.state;
      has_run_ = has_run_ || last_state_ == job_state::running;
      note("job is " + std::string{to_string(last_state_)} +
           (answer.failures.empty() ? "" : ", newest failure: " + answer.failures.front().cause));
    }
    seen_.restarts = std::max(seen_.restarts, answer.summary.restarts);
    for (const failure_record& each : answer.failures)
      says_what_is_left_ =
          says_what_is_left_ || each.cause.find("neither committed nor removed") != std::string::npos;
    if (!answer.checkpoints)
      return;
    if (const auto& latest = answer.checkpoints->latest_completed) {
      if (!checkpoints_.completed().contains(latest->id))
        fail("checkpoint " + std::to_string(latest->id) + " is reported as complete and is not on disk");
      reported_ = std::max(reported_, latest->id);
      checkpoints_.rely_on(reported_);
    }
    if (const auto& restored = answer.checkpoints->latest_restored; restored && restored->id != restored_) {
      restored_ = restored->id;
      note("the job was restored from checkpoint " + std::to_string(restored_));
      if (faults_.damaged_checkpoints().contains(reported_before_))
        reported_ = restored_; // if sinks had committed it, the output will show that
      else if (restored_ < reported_before_)
        fail("the job went back to checkpoint " + std::to_string(restored_) + ", and " +
             std::to_string(reported_before_) + " had been reported as complete");
    }
    reported_before_ = reported_;
  }

  void cancel_if(moment now) {
    if (!cancel_at_ || cluster_.now() < *cancel_at_ || chosen_.canceled != now)
      return;
    cancel_at_.reset();
    note("the user cancels the job");
    client_.cancel();
  }

  void on_fault(const std::string& event) {
    note(event);
    cancel_if(moment::with_fault);
  }

  void on_completed(const completed_checkpoint& checkpoint) {
    ++seen_.checkpoints;
    note("checkpoint " + std::to_string(checkpoint.id) + " is complete");
    faults_.on_checkpoint_completed();
    // With a second one under way some of what is prepared may be of that. And one whose metadata could not
    // be synced counts as failed.
    bool is_alone = chosen_.values.get(options::checkpointing_max_concurrent) == 1;
    output_.on_completed(checkpoint,
                         is_alone && cluster_.files().is_name_synced(folders_.metadata(checkpoint.id)));
    cancel_if(moment::with_checkpoint);
  }

  /// Once the job has ended: are all workers there, with empty hands?
  void look_at_workers() {
    if (!client_.is_over() || !faults_.is_over())
      return;
    workers_.look(
        [this](std::string wrong) { complaint_ = wrong.empty() ? what_is_left() : std::move(wrong); });
  }

  /// Files that should be gone.
  std::string what_is_left() {
    for (const std::string& below_root : cluster_.files().tree()) {
      std::string path = '/' + below_root;
      std::string_view at = path;
      if (at.starts_with(std::string{output} + "/.") && !may_leave_output())
        return path + " is left in the output";
      if (at.starts_with(folders_.job()) && !was_left_alone() &&
          !(path.ends_with('/') && has_zombie_master()))
        return path + " is left of the checkpoints";
    }
    return {};
  }

  /// Where the output of a canceled job could not be ended, the job says so.
  bool may_leave_output() const { return was_left_alone() || (was_canceled() && says_what_is_left_); }

  /// Canceled while its newest checkpoint could not be read: nothing is committed or removed then.
  bool was_left_alone() const { return was_canceled() && !faults_.damaged_checkpoints().empty(); }

  /// One that wakes when the job and the epochs in its folder are gone may make the folder again before it
  /// hears that another one leads: empty folders are left then.
  bool has_zombie_master() const {
    return std::ranges::count(what_.faults, fault_kind::zombie_master, &planned_fault::kind) > 0;
  }

  std::vector<std::string> committed_lines() {
    std::vector<std::string> lines;
    auto entries = cluster_.files().list(output);
    if (entries)
      for (const file_info& entry : *entries)
        for (std::string& line : sorted_lines(cluster_.files().content(entry.path)))
          lines.push_back(std::move(line));
    return lines;
  }

  std::string judge_output() {
    std::vector<std::string> lines = committed_lines();
    if (client_.end().state == job_state::finished)
      return weir::testing::judge_exactly_once(lines, job_->records(), job_->keys());
    std::set<std::string> once{lines.begin(), lines.end()};
    if (once.size() != lines.size())
      return "a record is there twice";
    if (may_leave_output())
      return {};
    for (const std::string& line : output_.owed())
      if (!once.contains(line))
        return "the line '" + line + "' was in a complete checkpoint and is not in the output";
    return {};
  }

  bool is_over() {
    is_built_ = true;
    if (!cluster_.violation().empty())
      fail(cluster_.violation());
    if (client_.times_forgotten() > 0)
      fail("a master does not know the job that was accepted");
    if (was_refused())
      return true;
    if (client_.is_over() && client_.end().state != job_state::finished && !was_canceled())
      fail("the job ended " + std::string{to_string(client_.end().state)} + ": " + client_.end().cause);
    if (cluster_.steps() > steps_max)
      fail("the actors talk without end");
    if (!seen_.trouble.empty())
      return true;
    if (complaint_.empty()) {
      seen_.trouble = judge_output();
      return true;
    }
    if (!faults_.is_over() || cluster_.now() < faults_.lasts_until() + patience)
      return false;
    fail(client_.is_over() ? complaint_ : "the job did not end");
    return true;
  }

  bool was_canceled() const { return chosen_.canceled_at && client_.end().state == job_state::canceled; }

  /// The disk failed when the job began: docs/checkpoints.md says that it does not run then.
  bool was_refused() const {
    return client_.end().state == job_state::failed && !has_run_ &&
           client_.end().cause.find("the checkpoints of the job cannot be used") != std::string::npos;
  }

  exactly_once_run what_;
  exactly_once_outcome seen_;
  bool is_built_ = false;
  choices chosen_;
  std::shared_ptr<exactly_once_job> job_;
  job_id id_;
  checkpoint_folders folders_;
  simulated_cluster cluster_;
  checkpoint_watch checkpoints_;
  output_watch output_;
  bool is_output_changing_ = false;
  bool says_what_is_left_ = false; ///< the job, of its output
  client client_;
  fault_injection faults_;
  job_state last_state_ = job_state::initializing;
  bool has_run_ = false;
  std::optional<time_point> cancel_at_;
  checkpoint_id reported_ = 0;
  checkpoint_id reported_before_ = 0;
  checkpoint_id restored_ = 0;
  workers_at_rest workers_{cluster_, look_interval};
  std::string complaint_ = "the cluster was not looked at";
};

} // namespace

exactly_once_outcome play(const exactly_once_run& what) {
  return play_run{what}.run();
}

} // namespace weir::simulation
