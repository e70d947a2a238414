#include "task/driven_job.hpp"

#include "state/snapshot_writer.hpp"
#include "wire/accumulators.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <utility>

namespace weir {

namespace {

template <class T>
T valued(result<T> from) {
  if (!from)
    throw std::runtime_error{from.failure().message()};
  return std::move(*from);
}

void check(const result<void>& done) {
  if (!done)
    throw std::runtime_error{done.failure().message()};
}

job_graph compiled(const environment& env, const testing::harness_options& options) {
  auto graph =
      compile(env.graph(), {.parallelism = options.parallelism, .watermark_interval_ms = 0, .name = {}});
  if (!graph)
    throw std::invalid_argument{graph.failure().message()};
  return std::move(*graph);
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

/// Ids of checkpoints do not repeat in a later attempt.
constexpr std::uint64_t checkpoints_of_attempt = 1'000'000;

/// A snapshot is its files, one after the other: size:8 bytes.
void append_file(std::string& to, const std::string& bytes) {
  for (int shift = 0; shift < 64; shift += 8)
    to += static_cast<char>(bytes.size() >> shift);
  to += bytes;
}

std::vector<std::string> split_files(std::string_view snapshot) {
  std::vector<std::string> files;
  while (!snapshot.empty()) {
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < 8 && i < snapshot.size(); ++i)
      size |= std::uint64_t{static_cast<unsigned char>(snapshot[i])} << (8 * i);
    if (snapshot.size() < 8 || size > snapshot.size() - 8)
      throw std::runtime_error{"the snapshot ends too early"};
    files.emplace_back(snapshot.substr(8, size));
    snapshot.remove_prefix(8 + size);
  }
  return files;
}

std::string read_whole(file_system& files, const std::string& path) {
  auto file = valued(files.open(path));
  std::string bytes(file->size(), '\0');
  for (std::size_t read = 0; read < bytes.size();) {
    std::size_t more = valued(file->read_at(read, {bytes.data() + read, bytes.size() - read}));
    if (more == 0)
      throw std::runtime_error{path + " became shorter"};
    read += more;
  }
  return bytes;
}

} // namespace

/// The system's randomness, its files or those of the test, and a clock that the test moves.
class driven_job::manual_platform final : public platform {
public:
  manual_platform(platform& system, file_system* files, std::int64_t wall_ms)
      : system_{system}, files_{files ? *files : system.files()} {
    clock_.ms = wall_ms;
  }

  void set(std::int64_t wall_ms) { clock_.ms = wall_ms; }

  weir::clock& clock() override { return clock_; }
  randomness& random() override { return system_.random(); }
  file_system& files() override { return files_; }
  weir::executor& executor() override { return system_.executor(); }

private:
  struct manual_clock final : weir::clock {
    // A time point of 0 stands for "never" in places.
    time_point now() override { return time_point{} + std::chrono::hours{1} + std::chrono::milliseconds{ms}; }
    std::int64_t wall_ms() override { return ms; }
    std::int64_t ms = 0;
  };

  manual_clock clock_;
  platform& system_;
  file_system& files_;
};

driven_job::driven_job(const environment& env, const testing::harness_options& options, file_system* files)
    : options_{options},
      storage_{make_system_platform()},
      platform_{std::make_unique<manual_platform>(*storage_, files, options.processing_time)},
      graph_{compiled(env, options)},
      code_{env.graph()},
      folder_{*storage_},
      last_checkpoint_{options.attempt * checkpoints_of_attempt} {
  if (!options_.snapshot.empty())
    restore(options_.snapshot);
  states_.emplace(*storage_, settings_of_states());
  driven_task::surroundings around{graph_, code_, *platform_, options_, [this](operator_subtask who) {
                                     auto chains = chains_of(who.of);
                                     return states_->make(std::move(who), std::move(chains));
                                   }};
  for (std::uint32_t v = 0; v < graph_.vertices.size(); ++v)
    for (std::uint32_t s = 0; s < graph_.vertices[v].parallelism; ++s)
      tasks_.push_back(std::make_unique<driven_task>(around, v, s));
  connect();
  // Readers first: an operator may emit as soon as it is open.
  for (auto task = tasks_.rbegin(); task != tasks_.rend(); ++task)
    (*task)->open();
  settle();
}

driven_job::~driven_job() = default;

driven_job::scratch_folder::~scratch_folder() {
  if (!path_.empty())
    (void)of_.files().remove_all(path_);
}

const std::string& driven_job::scratch_folder::path() {
  if (path_.empty()) {
    const char* parent = std::getenv("TMPDIR");
    path_ = std::string{parent ? parent : "/tmp"} + "/weir-harness-" + hexadecimal(of_.random().next());
    check(of_.files().create_folders(path_));
  }
  return path_;
}

void driven_job::connect() {
  auto task_at = [this](std::uint32_t vertex, std::uint32_t subtask) {
    return std::ranges::find_if(
               tasks_,
               [&](const auto& task) { return task->vertex() == vertex && task->subtask() == subtask; })
        ->get();
  };
  for (auto& task : tasks_)
    for (std::uint32_t e = 0; e < graph_.edges.size(); ++e) {
      const job_edge& edge = graph_.edges[e];
      if (edge.from_vertex != task->vertex())
        continue;
      // Entries of a task are numbered in the order of their edges.
      auto entry = static_cast<std::uint32_t>(
          std::count_if(graph_.edges.begin(), graph_.edges.begin() + e,
                        [&](const job_edge& other) { return other.to_vertex == edge.to_vertex; }));
      std::vector<std::pair<driven_task*, driven_task::event>> to;
      for (std::uint32_t consumer : consumers_of(graph_, edge, task->subtask())) {
        auto producers = producers_of(graph_, edge, consumer);
        auto channel = std::ranges::find(producers, task->subtask()) - producers.begin();
        driven_task::event like;
        like.entry = entry;
        like.channel = static_cast<std::uint32_t>(channel);
        to.emplace_back(task_at(edge.to_vertex, consumer), like);
      }
      task->connect(e, std::move(to));
    }
}

void driven_job::settle_once() {
  for (auto& task : tasks_)
    task->settle();
}

void driven_job::settle() {
  settle_once();
  // A timer may be set for a time that has passed.
  for (auto at = next_wake(); at && *at <= processing_time(); at = next_wake()) {
    for (auto& task : tasks_)
      task->on_processing_time(processing_time());
    settle_once();
  }
}

std::optional<std::int64_t> driven_job::next_wake() const {
  std::optional<std::int64_t> next;
  for (const auto& task : tasks_)
    if (auto at = task->wake_at_wall_ms(); at && (!next || *at < *next))
      next = at;
  return next;
}

void driven_job::set_processing_time(std::int64_t ms) {
  if (ms < processing_time())
    throw std::invalid_argument{"processing time goes forward: it is " + std::to_string(processing_time()) +
                                ", and not yet " + std::to_string(ms)};
  for (auto at = next_wake(); at && *at <= ms; at = next_wake()) {
    platform_->set(std::max(*at, processing_time()));
    for (auto& task : tasks_)
      task->on_processing_time(processing_time());
    settle();
  }
  platform_->set(ms);
}

std::int64_t driven_job::processing_time() const {
  return platform_->clock().wall_ms();
}

state_settings driven_job::settings_of_states() {
  state_settings settings{
      .backend = options_.state, .leveldb = {}, .memory_per_operator = options_.state_memory};
  if (settings.backend == state_backend::leveldb)
    settings.leveldb.folders = {folder_.path()};
  return settings;
}

std::vector<snapshot_chain> driven_job::chains_of(const operator_id& of) const {
  // Chaining depends on the parallelism, so the operator may have been in another task: that one's files.
  auto has_it = [&](const auto& file) {
    return std::ranges::any_of(file->head().states, [&](const auto& state) { return state.of == of; });
  };
  auto one = std::ranges::find_if(restored_, has_it);
  std::vector<snapshot_chain> chains;
  if (one == restored_.end())
    return chains;
  for (const auto& file : restored_)
    if (file->head().task == (*one)->head().task)
      chains.push_back({file});
  return chains;
}

std::string driven_job::snapshot() {
  settle();
  ++last_checkpoint_;
  std::vector<std::pair<const driven_task*, std::vector<operator_state_cut>>> all;
  for (auto& task : tasks_)
    all.emplace_back(task.get(), task->freeze(last_checkpoint_));
  std::string bytes;
  for (auto& [task, cuts] : all) {
    const job_vertex& vertex = graph_.vertices[task->vertex()];
    auto groups = key_groups_of(task->subtask(), vertex.parallelism, vertex.max_parallelism);
    snapshot_head head;
    head.task = std::to_string(task->vertex());
    head.subtask = task->subtask();
    head.parallelism = vertex.parallelism;
    head.number = last_checkpoint_;
    head.max_parallelism = vertex.max_parallelism;
    head.first_key_group = groups.first;
    head.last_key_group = groups.last;
    std::string path = folder_.path() + "/snapshot";
    valued(write_snapshot(*storage_, path, std::move(head), std::move(cuts), {}));
    append_file(bytes, read_whole(storage_->files(), path));
    check(storage_->files().remove(path));
  }
  if (!options_.checkpoints)
    complete_checkpoint(last_checkpoint_);
  return bytes;
}

void driven_job::complete_checkpoint(std::uint64_t checkpoint) {
  for (auto& task : tasks_)
    check(task->chain().notify_completed(checkpoint));
}

void driven_job::abort_checkpoint(std::uint64_t checkpoint) {
  for (auto& task : tasks_)
    check(task->chain().notify_aborted(checkpoint));
}

bool driven_job::step(std::uint64_t choice) {
  std::vector<std::pair<driven_task*, std::uint32_t>> live;
  for (auto& task : tasks_)
    for (std::uint32_t source : task->live_sources())
      live.emplace_back(task.get(), source);
  if (live.empty())
    return false;
  auto [task, source] = live[choice % live.size()];
  task->poll(source);
  settle();
  return true;
}

bool driven_job::is_done() const {
  return std::ranges::all_of(
      tasks_, [](const auto& task) { return task->chain().ended() && task->chain().committed(); });
}

void driven_job::discard() {
  for (auto& task : tasks_)
    check(task->chain().discard());
}

void driven_job::restore(const std::string& bytes) {
  std::size_t number = 0;
  for (const std::string& file : split_files(bytes)) {
    std::string path = folder_.path() + "/restored-" + std::to_string(++number);
    auto to = valued(storage_->files().create(path));
    check(to->append(file));
    check(to->close());
    restored_.push_back(valued(snapshot_reader::open(storage_->files(), path, {})));
  }
}

std::map<std::string, std::string> driven_job::accumulators() {
  std::vector<detail::accumulator_value> all;
  for (auto& task : tasks_) {
    task_measurements measured;
    check(task->chain().measure(measured));
    std::ranges::move(measured.accumulators, std::back_inserter(all));
  }
  std::map<std::string, std::string> texts;
  for (const auto& each : merge_accumulators(all))
    texts[each.name] = value_text(each);
  return texts;
}

namespace testing {

std::unique_ptr<piece> piece::make(const environment& env, const harness_options& options) {
  return std::make_unique<driven_job>(env, options);
}

} // namespace testing

} // namespace weir
