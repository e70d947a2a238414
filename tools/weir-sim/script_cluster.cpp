#include "script_cluster.hpp"

#include "file_faults.hpp"

#include "base/options.hpp"
#include "state/checkpoint_folders.hpp"

#include <stdexcept>
#include <utility>

namespace weir::simulation {

using namespace std::chrono_literals;
using scenario::disk_fault;
using scenario::node_title;

namespace {

/// How long anything may take that a healthy node does at once.
constexpr auto patience = 30s;

/// As of the clients of processes: see node_group and `weir run`.
constexpr auto answer_timeout = 2s, submission_timeout = 15s;
constexpr int submissions_max = 3;

/// Short enough for a busy cluster to be as fast as one of processes, for which the limits in scripts are
/// made.
constexpr auto work_max = 100us;

/// Between two looks of a script: what lasts a tenth of a second is seen.
constexpr std::chrono::microseconds moment_max = 20ms;

} // namespace

script_cluster::script_cluster(const script_cluster_settings& settings)
    : settings_{scenario::quick_settings()},
      watches_checkpoints_{settings.watches_checkpoints},
      random_{settings.seed + 1},
      cluster_{
          {.seed = settings.seed,
           .workers = std::nullopt,
           .work_max = work_max,
           .values = {},
           .code = jobs_,
           .on_disk = [this](std::size_t node, const auto& operation) { return on_disk(node, operation); },
           .may_stop = [this](std::size_t node, bool is_task) { return may_stop(node, is_task); },
           .note = with_time(settings.note),
           .trace = with_time(settings.trace)}} {
  settings_["execution.checkpointing.dir"] = std::string{script_folder} + "/checkpoints";
  if (settings.keeps_logs)
    logs_.emplace([this] { return cluster_.present_node(); });
}

std::function<void(const std::string&)> script_cluster::with_time(const told& to) {
  if (!to)
    return {};
  return [this, to](const std::string& what) { to(now(), what); };
}

void script_cluster::step() {
  cluster_.step();
  if (!cluster_.violation().empty())
    throw std::runtime_error{cluster_.violation()};
  for (checkpoint_watch& each : watches_)
    if (std::string wrong = each.look(); !wrong.empty())
      throw std::runtime_error{wrong};
}

void script_cluster::pass_a_moment() {
  auto end = now() + 1ms + std::chrono::microseconds{random_() % moment_max.count()};
  cluster_.wake_at(end);
  while (now() < end)
    step();
}

bool script_cluster::pass_in_step(std::chrono::microseconds time) {
  auto end = now() + time;
  cluster_.wake_at(end);
  return cluster_.wait_in_step([this, end] { return now() >= end; });
}

void script_cluster::set(const std::string& key, std::string value) {
  settings_[key] = std::move(value);
}

configuration script_cluster::configured(const scenario::setting_map& more) const {
  configuration values;
  for (const auto* settings : {&settings_, &more})
    for (const auto& [key, value] : *settings)
      if (auto done = values.set(key, value); !done)
        throw std::runtime_error{done.failure().message()};
  return values;
}

void script_cluster::require_node(unsigned number) const {
  if (!has(number))
    throw std::runtime_error{"there is no " + node_title(number)};
}

void script_cluster::require_running(unsigned number) const {
  require_node(number);
  if (cluster_.is_down(number))
    throw std::runtime_error{node_title(number) + " does not run"};
}

void script_cluster::start_master() {
  if (has(scenario::master_number))
    throw std::runtime_error{"there is a master; 'restart master' starts it again"};
  if (auto refused = cluster_.add_node(configured({})); !refused.empty())
    throw std::runtime_error{"the master does not start: " + refused};
}

void script_cluster::start_workers(unsigned count, unsigned slots) {
  if (!has(scenario::master_number))
    throw std::runtime_error{"there is no master for workers; 'start master' comes first"};
  auto first = static_cast<unsigned>(cluster_.nodes());
  for (unsigned i = 0; i < count; ++i)
    if (auto refused =
            cluster_.add_node(configured({{options::taskmanager_slots.key, std::to_string(slots)}}));
        !refused.empty())
      throw std::runtime_error{"a worker does not start: " + refused};
  auto have_registered = [&] {
    for (unsigned number = first; number < first + count; ++number)
      if (!cluster_.has_registered(number))
        return false;
    return true;
  };
  if (!comes_true(*this, have_registered, patience))
    throw std::runtime_error{"not all workers have registered"};
}

void script_cluster::kill(unsigned number) {
  require_running(number);
  cluster_.crash(number);
}

void script_cluster::stop(unsigned number) {
  require_running(number);
  cluster_.resume(number);
  cluster_.stop(number);
  if (!comes_true(
          *this, [&] { return cluster_.is_down(number); }, patience))
    throw std::runtime_error{node_title(number) + " runs on when it is to end"};
}

void script_cluster::pause(unsigned number) {
  require_running(number);
  constexpr auto for_ever = std::chrono::hours{24 * 365};
  cluster_.pause(number, for_ever);
}

void script_cluster::resume(unsigned number) {
  require_running(number);
  cluster_.resume(number);
}

void script_cluster::restart(unsigned number) {
  require_node(number);
  if (!cluster_.is_down(number))
    cluster_.crash(number);
  if (auto refused = cluster_.restart(number); !refused.empty())
    throw std::runtime_error{node_title(number) + " does not start: " + refused};
}

void script_cluster::set_link(unsigned from, unsigned to, scenario::link_state state) {
  require_node(from);
  require_node(to);
  cluster_.network().set_direction(cluster_.host(from), cluster_.host(to),
                                   {.is_cut = state.is_cut, .delay = state.delay}, now());
  links_.insert({from, to});
}

void script_cluster::heal_all() {
  for (const auto& [from, to] : std::exchange(links_, {}))
    cluster_.network().set_direction(cluster_.host(from), cluster_.host(to), {}, now());
}

void script_cluster::set_disk(unsigned number, const scenario::disk_state& state) {
  require_node(number);
  holding_.erase(number);
  if (state.how == disk_fault::well)
    disks_.erase(number);
  else
    disks_[number] = state;
}

bool script_cluster::may_stop(std::size_t node, bool is_task) const {
  if (is_task && jobs_wait_)
    return true;
  auto found = disks_.find(node);
  return found != disks_.end() &&
         (found->second.how == disk_fault::slow || found->second.how == disk_fault::holds);
}

bool script_cluster::may_have_name(std::size_t node, const std::string& path) const {
  auto found = disks_.find(node);
  return found == disks_.end() || found->second.how != disk_fault::holds ||
         !scenario::matches(found->second.names, std::string{name_of(path)});
}

simulated_disk::fault script_cluster::on_disk(std::size_t node, const simulated_disk::operation& operation) {
  using enum simulated_disk::action;
  auto found = disks_.find(node);
  if (found == disks_.end())
    return simulated_disk::fault::none;
  const scenario::disk_state& state = found->second;
  bool fails = false;
  switch (state.how) {
  case disk_fault::well:
    break;
  case disk_fault::full:
    fails = operation.what == create || operation.what == append || operation.what == create_folder;
    break;
  case disk_fault::torn:
    fails = operation.what == append;
    break;
  case disk_fault::unsynced:
    fails = operation.what == sync || operation.what == sync_folder;
    break;
  case disk_fault::slow:
    if (operation.what != remove && operation.what != remove_folder)
      pass_in_step(state.delay);
    break;
  case disk_fault::refuses:
    fails =
        operation.what == rename && scenario::matches(state.names, std::string{name_of(operation.target)});
    break;
  case disk_fault::holds:
    if (operation.what == rename && !may_have_name(node, operation.target)) {
      holding_.insert(node);
      cluster_.wait_in_step([this, node, to = operation.target] { return may_have_name(node, to); });
    }
    break;
  }
  return fails ? simulated_disk::fault::fail : simulated_disk::fault::none;
}

std::string script_cluster::stop_all() {
  heal_all();
  std::string wrong;
  for (auto number = static_cast<unsigned>(cluster_.nodes()); number-- > 0;) { // the master is the last
    if (cluster_.is_down(number))
      continue;
    try {
      stop(number);
    } catch (const std::runtime_error& failure) {
      wrong += (wrong.empty() ? "" : "; ") + std::string{failure.what()};
    }
  }
  return wrong;
}

std::string script_cluster::log_of(unsigned number) const {
  return logs_ ? logs_->of(number) : std::string{};
}

std::uint64_t script_cluster::peak_memory_of(unsigned) const {
  throw std::logic_error{"a simulated node has no memory of its own"};
}

template <class T>
result<T> script_cluster::answer_within(std::chrono::milliseconds limit,
                                        std::function<void(std::function<void(result<T>)>)> question) {
  auto answer = std::make_shared<std::optional<result<T>>>();
  question([answer](result<T> given) { *answer = std::move(given); });
  auto end = now() + limit;
  cluster_.wake_at(end);
  while (!*answer && now() < end)
    step();
  return *answer ? std::move(**answer) : error{errc::unavailable, "the master does not answer"};
}

result<nlohmann::json> script_cluster::ask(const std::string& method, const std::string& path) {
  require_node(scenario::master_number);
  return answer_within<nlohmann::json>(answer_timeout,
                                       [&](auto done) { rest_.ask(method, path, std::move(done)); });
}

result<std::string> script_cluster::run(const scenario::job_request& what) {
  require_node(scenario::master_number);
  if (!script_jobs::has(what.library))
    return error{errc::not_found, "the simulation has no job library " + what.library};
  job_id id{{random_(), random_()}};
  auto submission = jobs_->submission(what, id);
  if (!submission)
    return submission.failure();
  jobs_wait_ = jobs_wait_ || waits_in_user_code(what.library);
  result<job_id> accepted = error{errc::unavailable, "no master runs"};
  for (int attempt = 0; attempt < submissions_max && !accepted; ++attempt) {
    auto* master = cluster_.gateway();
    if (!master)
      break;
    auto stored = answer_within<void>(submission_timeout, [&](auto done) {
      master->put_library(submission->spec.library_hash, script_jobs::library_bytes(), id, std::move(done));
    });
    if (!stored)
      accepted = stored.failure();
    else if (master == cluster_.gateway())
      accepted = answer_within<job_id>(submission_timeout,
                                       [&](auto done) { master->submit(*submission, std::move(done)); });
  }
  if (!accepted)
    return accepted.failure().wrap("the job was not submitted");
  if (watches_checkpoints_)
    watches_.emplace_back(cluster_.files(),
                          checkpoint_folders{settings_.at("execution.checkpointing.dir"), id});
  return to_string(id);
}

} // namespace weir::simulation
