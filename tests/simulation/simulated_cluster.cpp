#include "simulation/simulated_cluster.hpp"

#include "base/options.hpp"
#include "base/version.hpp"

#include <weir/detail/job_entry.hpp>

#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace weir::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

caf::actor_id id_of(caf::resumable* job) {
  auto* actor = dynamic_cast<caf::scheduled_actor*>(job);
  return actor ? actor->id() : caf::invalid_actor_id;
}

/// CAF keeps the next timer to itself.
struct clock_access : caf::detail::test_actor_clock {
  static auto schedule() { return &clock_access::schedule_; }
};

} // namespace

simulated_cluster::testing_config::testing_config() {
  set("scheduler.policy", caf::atom("testing"));
  set("logger.verbosity", caf::atom("quiet"));
}

simulated_cluster::simulated_cluster(const cluster_settings& settings)
    : settings_{settings},
      random_{settings.seed},
      system_{config_},
      scheduler_{dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())},
      network_{std::make_shared<actors::simulated_network>(actors::simulated_network::settings{
          .seed = random_(), .latency_min = 50us, .latency_max = settings.latency_max})},
      current_life_{nobody} {
  files_.on_operation = [this](const auto& now) { return on_operation(now); };
  if (settings.workers)
    for (std::size_t i = 0; i <= *settings.workers; ++i)
      add_node(settings.values);
}

std::string simulated_cluster::add_node(configuration values) {
  std::size_t number = nodes_.size();
  node_address address = number == master_node ? node_address{"master", 6123}
                                               : node_address{"worker" + std::to_string(number), 1};
  nodes_.push_back({std::move(address), std::move(values), nobody});
  return restart(number);
}

simulated_cluster::~simulated_cluster() {
  // Everybody may run again, to end.
  is_over_ = true;
  blocked_.clear();
  for (auto& each : lives_) {
    each.paused_until.reset();
    each.running = true;
  }
  while (!waiting_.empty())
    go_on(waiting_.size() - 1);
  release_held_jobs();
  for (auto& each : lives_) {
    each.master.reset();
    each.worker.reset();
    caf::anon_send_exit(each.network.actor, caf::exit_reason::user_shutdown);
    each.network.actor = nullptr;
  }
  for (bool more = true; std::exchange(more, false);) {
    scheduler_.run();
    for (auto& each : lives_)
      for (; each.environment->next_job_at(); more = true)
        each.environment->run_next_job();
  }
}

void simulated_cluster::note(const std::string& what) const {
  if (settings_.note)
    settings_.note(what);
}

template <class Action>
void simulated_cluster::as(std::size_t which, Action action) {
  enter(which);
  action();
  leave();
}

void simulated_cluster::enter(std::size_t which) {
  current_life_ = which;
  files_.user = which;
}

void simulated_cluster::leave() {
  auto which = std::exchange(current_life_, nobody);
  life_of_actor_.resize(system_.latest_actor_id() + 1, which);
  if (which != nobody && std::exchange(lives_[which].is_ending, false))
    crash_life(which);
}

void simulated_cluster::run_step(std::size_t which, bool is_task, std::function<void()> step) {
  if (!settings_.may_stop || !settings_.may_stop(lives_[which].node, is_task))
    return as(which, step);
  enter(which);
  auto* stopped = threads_.run(std::move(step));
  leave();
  if (stopped)
    waiting_.push_back({which, std::move(stops_until_), stopped});
}

void simulated_cluster::go_on(std::size_t waiting) {
  auto which = waiting_[waiting].life;
  auto* step = waiting_[waiting].step;
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(waiting));
  enter(which);
  auto* stopped = threads_.go_on(step);
  leave();
  if (stopped)
    waiting_.push_back({which, std::move(stops_until_), stopped});
}

bool simulated_cluster::wait_in_step(std::function<bool()> may_go_on) {
  if (threads_.is_in_step() && !is_over_) {
    stops_until_ = std::move(may_go_on);
    threads_.stop_here();
  }
  return !is_over_;
}

std::string simulated_cluster::restart(std::size_t which) {
  auto& place = nodes_[which];
  place.life = lives_.size();
  auto life_number = place.life;
  auto& fresh = lives_.emplace_back();
  fresh.node = which;
  fresh.environment = std::make_unique<simulated_platform>(system_.clock(), random_(), files_);
  auto& environment = *fresh.environment;
  auto is_master = which == master_node;
  // A worker's port is the system's choice, so each life has another.
  place.address.port += is_master ? 0 : 1;
  actors::node_identity identity{.self = {{environment.random().next(), environment.random().next()}},
                                 .role = is_master ? actors::node_role::master : actors::node_role::worker,
                                 .version = std::string{version()},
                                 .abi = WEIR_ABI};
  auto values = place.values;
  values.set(options::blob_storage_directory, "/local/" + place.address.host);
  values.set(options::io_tmp_dirs, "/local/" + place.address.host);
  std::string refused;
  as(life_number, [&] {
    fresh.network = network_->start_connector(system_, identity, place.address);
    auto end = [this, life_number](const std::string& why) {
      note(host(lives_[life_number].node) + " ends itself: " + why);
      crash_life(life_number);
    };
    if (is_master) {
      auto started = actors::start_master(system_, environment, values, fresh.network, {++epoch_}, end);
      if (started)
        fresh.master = std::move(*started);
      else
        refused = started.failure().message();
      return;
    }
    auto check_tasks = [this, life_number] {
      lives_[life_number].registered = true;
      if (!lives_[life_number].tasks.empty())
        violation_ = "a worker registered under a living task";
    };
    auto started = actors::start_worker(system_, environment, values, fresh.network,
                                        {.master = nodes_[master_node].address,
                                         .exit_process = end,
                                         .registered = check_tasks,
                                         .code = settings_.code,
                                         .detached_tasks = false});
    if (started)
      fresh.worker = std::move(*started);
    else
      refused = started.failure().message();
  });
  if (!refused.empty()) {
    note(place.address.host + " does not start: " + refused);
    crash_life(life_number);
  }
  return refused;
}

void simulated_cluster::stop(std::size_t which) {
  auto number = nodes_[which].life;
  as(number, [&life = lives_[number]] {
    // As weir-node does it: what they hold goes with their last actors.
    if (life.master)
      life.master->stop();
    if (life.worker)
      life.worker->stop();
    life.master.reset();
    life.worker.reset();
    caf::anon_send_exit(life.network.actor, caf::exit_reason::user_shutdown);
    life.is_stopping = true;
  });
}

void simulated_cluster::end_if_stopped(std::size_t which) {
  life& of = lives_[which];
  bool waits = std::ranges::any_of(waiting_, [&](const waiting_step& each) { return each.life == which; });
  if (of.is_stopping && of.alive.empty() && !of.environment->next_job_at() && !waits)
    crash_life(which);
}

std::optional<std::size_t> simulated_cluster::present_node() const {
  return current_life_ == nobody ? std::nullopt : std::optional{lives_[current_life_].node};
}

std::size_t simulated_cluster::life_of(caf::resumable* job) const {
  auto id = id_of(job);
  return id != caf::invalid_actor_id && id < life_of_actor_.size() ? life_of_actor_[id] : nobody;
}

void simulated_cluster::hold_frozen_jobs() {
  auto frozen = [&](caf::resumable* job) {
    auto life = life_of(job);
    if (life == nobody || (may_run(lives_[life]) && !blocked_.count(id_of(job))))
      return false;
    lives_[life].held.push_back(job);
    return true;
  };
  std::erase_if(scheduler_.jobs, frozen);
}

void simulated_cluster::release_held_jobs() {
  std::erase_if(blocked_, [&](const auto& each) { return now() >= each.second; });
  for (auto& each : lives_) {
    if (each.paused_until && now() >= *each.paused_until)
      each.paused_until.reset();
    if (may_run(each))
      for (auto* job : std::exchange(each.held, {}))
        scheduler_.jobs.push_back(job); // one that is blocked will be held again
  }
}

void simulated_cluster::step() {
  release_held_jobs();
  hold_frozen_jobs();
  auto& jobs = scheduler_.jobs;
  std::vector<std::size_t> with_jobs; // lives whose executor has something to do
  for (std::size_t i = 0; i < lives_.size(); ++i)
    if (auto at = lives_[i].environment->next_job_at(); at && *at <= now() && may_run(lives_[i]))
      with_jobs.push_back(i);
  std::vector<std::size_t> going_on; // of those that wait
  for (std::size_t i = 0; i < waiting_.size(); ++i)
    if (may_run(lives_[waiting_[i].life]) && waiting_[i].may_go_on())
      going_on.push_back(i);
  auto choices = jobs.size() + with_jobs.size() + going_on.size();
  if (choices == 0)
    return advance();
  auto chosen = random_() % choices;
  if (chosen >= jobs.size() + with_jobs.size()) {
    ++steps_;
    go_on(going_on[chosen - jobs.size() - with_jobs.size()]);
  } else if (chosen >= jobs.size()) {
    run_job_of(with_jobs[chosen - jobs.size()]);
  } else {
    std::swap(jobs.front(), jobs[chosen]);
    run(jobs.front());
  }
  // Work takes time, so timers and packets come in between.
  if (random_() % 4 == 0)
    scheduler_.advance_time(std::chrono::microseconds{random_() % settings_.work_max.count()});
}

void simulated_cluster::mix(std::string_view text) {
  for (char c : text)
    mix(static_cast<unsigned char>(c));
}

void simulated_cluster::run_job_of(std::size_t which) {
  ++steps_;
  mix("executor");
  mix(static_cast<std::uint64_t>(now().time_since_epoch().count()));
  if (settings_.trace)
    settings_.trace(host(lives_[which].node) + " executor");
  run_step(which, false, [this, which] {
    lives_[which].environment->run_next_job();
    end_if_stopped(which);
  });
}

void simulated_cluster::run(caf::resumable* job) {
  ++steps_;
  auto life = life_of(job);
  auto* actor = dynamic_cast<caf::scheduled_actor*>(job);
  if (!actor || life == nobody)
    return as(life, [&] { scheduler_.try_run_once(); });
  std::string_view name = actor->name();
  mix(name);
  mix(static_cast<std::uint64_t>(now().time_since_epoch().count()));
  if (settings_.trace)
    settings_.trace(host(lives_[life].node) + ' ' + std::string{name} + ' ' + std::to_string(actor->id()));
  lives_[life].alive.insert(actor->id());
  bool is_task = name == "task";
  if (is_task)
    lives_[life].tasks.insert(actor->id());
  caf::strong_actor_ptr kept{actor->ctrl()}; // to look at it afterwards
  run_step(life, is_task, [this, actor, kept, life] {
    scheduler_.try_run_once();
    if (!actor->getf(caf::abstract_actor::is_terminated_flag))
      return;
    lives_[life].tasks.erase(actor->id());
    lives_[life].alive.erase(actor->id());
    end_if_stopped(life);
  });
}

void simulated_cluster::advance() {
  auto next = time_point::max();
  auto& timers = scheduler_.clock().*clock_access::schedule();
  if (!timers.empty())
    next = timers.begin()->first;
  for (const auto& each : lives_) {
    if (each.paused_until)
      next = std::min(next, *each.paused_until);
    if (auto at = each.environment->next_job_at(); at && may_run(each))
      next = std::min(next, *at);
  }
  for (const auto& [id, until] : blocked_)
    next = std::min(next, until);
  wake_ups_.erase(wake_ups_.begin(), wake_ups_.upper_bound(now()));
  if (!wake_ups_.empty())
    next = std::min(next, *wake_ups_.begin());
  if (next == time_point::max())
    throw std::runtime_error{"nothing will ever happen again"};
  scheduler_.advance_time(std::max(next - now(), std::chrono::nanoseconds{0}));
}

time_point simulated_cluster::now() const {
  return scheduler_.clock().now();
}

cluster_gateway* simulated_cluster::gateway() {
  auto& life = lives_[nodes_[master_node].life];
  return life.running && life.master ? &life.master->gateway() : nullptr;
}

std::optional<std::chrono::milliseconds> simulated_cluster::draw_notice() {
  switch (random_() % 3) {
  case 0:
    return 0ms;
  case 1:
    return std::chrono::milliseconds{random_() % 20'000};
  default:
    return std::nullopt; // nothing tells it: only silence does
  }
}

void simulated_cluster::break_a_connection() {
  break_one_of(network_->links());
}

bool simulated_cluster::break_a_connection_of_workers() {
  auto links = network_->links();
  const auto& master = nodes_[master_node].address;
  std::erase_if(links,
                [&](const auto& each) { return each.dialled_by == master || each.accepted_by == master; });
  return break_one_of(links);
}

bool simulated_cluster::break_one_of(const std::vector<actors::simulated_network::link_ends>& links) {
  if (links.empty())
    return false;
  auto first = draw_notice(), second = draw_notice();
  network_->break_link(links[random_() % links.size()].link, first, second);
  return true;
}

void simulated_cluster::pause(std::size_t node, std::chrono::milliseconds length) {
  auto& life = lives_[nodes_[node].life];
  if (life.running)
    life.paused_until = now() + length;
}

void simulated_cluster::resume(std::size_t node) {
  if (auto& until = lives_[nodes_[node].life].paused_until)
    until = now();
}

bool simulated_cluster::block_a_task(std::chrono::milliseconds length) {
  std::vector<caf::actor_id> running;
  for (const auto& each : lives_)
    if (each.running)
      running.insert(running.end(), each.tasks.begin(), each.tasks.end());
  if (running.empty())
    return false;
  blocked_[running[random_() % running.size()]] = now() + length;
  return true;
}

void simulated_cluster::crash(std::size_t node) {
  crash_life(nodes_[node].life);
}

void simulated_cluster::crash_life(std::size_t which) {
  auto& life = lives_[which];
  if (is_over_ || !std::exchange(life.running, false))
    return;
  files_.end_process_of(which);
  network_->remove_node(life.network, draw_notice());
}

void simulated_cluster::crash_at_operation(std::size_t node, std::uint64_t operations) {
  lives_[nodes_[node].life].operations_left = operations;
}

void simulated_cluster::cut_power(std::size_t node, std::uint64_t seed) {
  if (node != all_nodes) {
    crash(node);
    return files_.cut_power_of(nodes_[node].life, seed);
  }
  for (std::size_t i = 0; i < lives_.size(); ++i)
    crash_life(i);
  files_.cut_power(seed);
}

void simulated_cluster::replace_master(std::chrono::milliseconds length) {
  if (is_down(master_node))
    return;
  pause(master_node, length);
  restart(master_node);
}

bool simulated_cluster::has_paused() const {
  return std::ranges::any_of(lives_, [](const life& each) { return each.running && each.paused_until; });
}

void simulated_cluster::add_disk_trouble(disk_trouble trouble) {
  troubles_.push_back(std::move(trouble));
}

simulated_disk::fault simulated_cluster::on_operation(const simulated_disk::operation& operation) {
  using fault = simulated_disk::fault;
  if (is_over_ || current_life_ == nobody)
    return fault::none;
  auto& life = lives_[current_life_];
  if (!life.running || life.is_ending)
    return fault::refuse;
  bool is_read = operation.what == simulated_disk::action::read;
  if (!is_read && settings_.changes) {
    auto life_that_asks = std::exchange(current_life_, nobody); // who looks at the disk is none
    settings_.changes(operation, life_that_asks);
    current_life_ = life_that_asks;
  }
  if (!is_read) {
    mix(static_cast<std::uint64_t>(operation.what));
    mix(operation.path);
  }
  if (life.operations_left && !is_read && (*life.operations_left)-- == 0) {
    life.operations_left.reset();
    life.is_ending = true;
    note(host(life.node) + " crashes at " + operation.path);
    return fault::fail;
  }
  if (settings_.on_disk && !is_read)
    if (auto how = settings_.on_disk(life.node, operation); how != fault::none)
      return how;
  std::erase_if(troubles_, [&](const disk_trouble& each) { return each.times == 0 || now() >= each.until; });
  for (auto& each : troubles_) {
    if ((each.node != all_nodes && each.node != life.node) || !each.which(operation))
      continue;
    if (each.after > 0) {
      --each.after;
      continue;
    }
    --each.times;
    note(host(life.node) + " has a disk error at " + operation.path);
    return each.how;
  }
  return fault::none;
}

} // namespace weir::simulation
