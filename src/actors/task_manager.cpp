#include "actors/task_manager.hpp"

#include "actors/slot.hpp"
#include "base/log.hpp"
#include "wire/control_codec.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace weir::actors {

namespace {

using start_atom = caf::atom_constant<caf::atom("start")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;

} // namespace

task_manager::task_manager(caf::actor_config& config, platform& environment, task_manager_settings settings,
                           connector network, std::shared_ptr<job_code_provider> code, bool detached_tasks,
                           std::function<void(const std::string&)> exit_process)
    : caf::event_based_actor{config},
      platform_{environment},
      settings_{std::move(settings)},
      network_{std::move(network)},
      exit_process_{std::move(exit_process)},
      code_{std::move(code)},
      core_{settings_.core},
      peers_{settings_.heartbeat_interval, settings_.core.heartbeat_timeout},
      around_{std::make_shared<task_surroundings>()} {
  around_->environment = &platform_;
  around_->worker = network_.self;
  around_->connector = network_.actor;
  around_->copies = settings_.copies;
  around_->detached = detached_tasks;
}

caf::behavior task_manager::make_behavior() {
  send(this, start_atom::value);
  return {
      [this](start_atom) { start(); },
      [this](tick_atom) {
        tick_at_.reset();
        tick();
      },
      [this](const peer_up& message) { on(message); },
      [this](const peer_down& message) { on(message); },
      [this](const dial_failed& message) { on(message); },
      [this](received_control& message) { on(message); },
      [this](code_ready& message) { on(message); },
      [this](const want_chunk& wish) {
        if (master_)
          send_to(*master_, fetch_blob{core_.session(), wish.hash, wish.offset});
      },
      [this](const task_started& message) { on(message); },
      [this](task_changed& message) { on(message); },
      [this](const task_measured& message) { on(message); },
      [this](checkpoint_answer& answer) {
        std::visit([this](auto& message) { perform(core_.on_checkpoint_answer(std::move(message))); },
                   answer.message);
      },
      [this](const open_wish& message) { on(message); },
  };
}

void task_manager::start() {
  auto self = caf::actor_cast<caf::actor>(this);
  around_->task_manager = self;
  for (std::size_t i = 0; i < settings_.core.slots.size(); ++i)
    slots_.push_back(spawn<slot>(around_, self));
  library_cache_ = spawn<library_cache>(platform_, code_, settings_.libraries, self);
  send(network_.actor, own_connector{self, {}});
  perform(core_.start(now()));
}

void task_manager::on_exit() {
  for (const auto& each : slots_)
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(library_cache_, caf::exit_reason::user_shutdown);
  // Actors that hold each other's handles would never be freed.
  slots_.clear();
  library_cache_ = nullptr;
  tasks_.clear();
  around_ = nullptr;
  network_.actor = nullptr;
}

// ---- connections

void task_manager::on(const peer_up& up) {
  if (up.role == node_role::worker && up.address != settings_.master)
    return perform(peers_.on_up(up.peer, now()));
  if (up.role == node_role::worker) {
    log::actors.error("the node at the master's address is a worker", {{"address", up.address}});
    send(network_.actor, close_peer{up.peer, "a master was expected"});
    return perform(core_.on_dial_failed(now()));
  }
  if (up.address != settings_.master) {
    log::actors.warn("a master dialled this worker, which has not asked for one", {{"address", up.address}});
    return send(network_.actor, close_peer{up.peer, "masters do not dial workers"});
  }
  master_ = up.peer;
  last_dial_failure_.clear();
  log::actors.info("master connected", {{"address", up.address}, {"epoch", up.epoch.value}});
  perform(core_.on_master_up(up.epoch, now()));
}

void task_manager::on(const peer_down& down) {
  if (down.peer != master_)
    return perform(peers_.on_down(down.peer, "the connection to worker " + to_string(down.peer) +
                                                 " was lost: " + down.reason));
  master_.reset();
  perform(core_.on_master_down(down.reason, now()));
}

void task_manager::on(const dial_failed& failed) {
  if (failed.expected)
    return perform(peers_.on_dial_failed(failed.expected, failed.reason));
  if (std::exchange(last_dial_failure_, failed.reason) != failed.reason) // else it was said already
    log::actors.warn("master not reached, trying on", {{"why", failed.reason}});
  perform(core_.on_dial_failed(now()));
}

void task_manager::on(received_control& received) {
  auto message = decode_control(received.bytes);
  if (!message) {
    log::actors.warn("message dropped", {{"peer", received.peer}, {"why", message.failure().message()}});
    return send(network_.actor, close_peer{received.peer, message.failure().message()});
  }
  if (received.peer == master_)
    from_master(std::move(*message));
  else
    from_worker(received.peer, std::move(*message));
}

void task_manager::from_master(control_message&& message) {
  auto* chunk = std::get_if<blob_chunk>(&message);
  if (chunk && chunk->session == core_.session())
    return send(library_cache_, chunk_received{std::move(*chunk)});
  perform(core_.on_message(message, now()));
}

void task_manager::from_worker(const incarnation_id& peer, control_message&& received) {
  std::visit(
      [&]<class Message>(Message& message) {
        if constexpr (std::is_same_v<Message, open_channel>) {
          on_open(peer, message);
        } else if constexpr (std::is_same_v<Message, channel_opened> ||
                             std::is_same_v<Message, channel_not_yet> ||
                             std::is_same_v<Message, channel_gone>) {
          on_answer(peer, {std::move(message), {}});
        } else if constexpr (std::is_same_v<Message, ping>) {
          perform(peers_.on_ping(peer, message));
        } else if constexpr (std::is_same_v<Message, pong>) {
          peers_.on_pong(peer, now());
        } else {
          log::actors.warn("worker dropped: it sent what workers do not send", {{"peer", peer}});
          send(network_.actor, close_peer{peer, "it sent what workers do not send"});
        }
      },
      received);
}

// ---- tasks

void task_manager::on(code_ready& ready) {
  auto found = deployments_.find(ready.attempt);
  if (found == deployments_.end())
    return; // canceled meanwhile
  if (!ready.code)
    perform(core_.on_load_failed(ready.attempt, ready.code.failure().message()));
  else {
    found->second.code = std::move(*ready.code);
    perform(core_.on_loaded(ready.attempt));
  }
  deployments_.erase(ready.attempt);
}

void task_manager::on(const task_started& started) {
  auto& here = tasks_[started.attempt];
  here.actor = started.task;
  here.canceled = started.canceled;
  peers_.on_task_started(started.attempt);
  if (here.stop)
    stop(here, *here.stop);
}

void task_manager::on(task_changed& changed) {
  if (is_terminal(changed.state)) {
    tasks_.erase(changed.attempt);
    peers_.on_task_ended(changed.attempt);
  }
  perform(core_.on_task_state(changed.attempt, changed.state, std::move(changed.end)));
}

void task_manager::on(const task_measured& measured) {
  core_.on_task_metrics(measured.attempt, measured.metrics, measured.measurements);
  if (auto here = tasks_.find(measured.attempt); here != tasks_.end())
    here->second.network_memory = measured.network_memory;
}

void task_manager::stop(local_task& which, const stop_task& how) {
  which.stop = how;
  if (!which.actor)
    return;
  which.canceled->store(true);
  send(which.actor, how);
}

// ---- channels

void task_manager::on(const open_wish& wish) {
  if (wish.producer.worker != network_.self)
    return perform(peers_.on_open_wish(wish.producer, wish.message, now()));
  const auto& message = wish.message;
  auto producer = tasks_.find(message.channel.producer);
  if (producer != tasks_.end() && producer->second.actor)
    send(producer->second.actor, open_request{message, network_.self, wish.consumer});
  else if (peers_.find(message.channel.producer) == worker_peers::presence::ended)
    send(wish.consumer,
         channel_answer{channel_gone{message.channel, message.opening, "the producer has ended"}, {}});
  else
    send(wish.consumer, channel_answer{channel_not_yet{message.channel, message.opening}, {}});
}

void task_manager::on_open(const incarnation_id& from, const open_channel& message) {
  switch (peers_.on_open(from, message, now())) {
  case worker_peers::presence::running:
    send(tasks_.at(message.channel.producer).actor, open_request{message, from, {}});
    tick_later();
    break;
  case worker_peers::presence::not_yet:
    send_to(from, channel_not_yet{message.channel, message.opening});
    break;
  case worker_peers::presence::ended:
    send_to(from, channel_gone{message.channel, message.opening, "the producer has ended"});
    break;
  }
}

void task_manager::on_answer(const incarnation_id& from, channel_answer answer) {
  auto& consumer =
      std::visit([](const auto& each) -> const attempt_id& { return each.channel.consumer; }, answer.message);
  auto here = tasks_.find(consumer);
  if (here != tasks_.end() && here->second.actor)
    return send(here->second.actor, std::move(answer));
  // One of whose start this actor has yet to hear asks again. One that has ended never read this.
  auto* opened = std::get_if<channel_opened>(&answer.message);
  if (opened && peers_.find(consumer) == worker_peers::presence::ended)
    send(network_.actor,
         send_routed{from, opened->producer_route, encode(close_channel{opened->producer_route})});
}

// ---- time

void task_manager::tick() {
  if (now() >= core_.wake_at()) {
    std::uint64_t network_memory = 0;
    for (const auto& [attempt, here] : tasks_) {
      network_memory += here.network_memory;
      if (here.actor)
        send(here.actor, measure_task{});
    }
    core_.on_memory(resident_memory(), network_memory);
    perform(core_.on_tick(now()));
  }
  perform(peers_.on_tick(now()));
}

void task_manager::tick_later() {
  auto at = std::min(core_.wake_at(), peers_.wake_at());
  // A timer that comes first will look again; more of them would pile up, as none can be taken back.
  if (at == time_point::max() || (tick_at_ && *tick_at_ <= at))
    return;
  tick_at_ = at;
  delayed_send(this, std::max(at - now(), std::chrono::nanoseconds{0}), tick_atom::value);
}

std::uint64_t task_manager::resident_memory() {
  auto file = platform_.files().open("/proc/self/statm");
  char text[128];
  if (!file)
    return 0;
  auto size = (*file)->read_at(0, text);
  std::uint64_t total = 0, resident = 0;
  if (!size)
    return 0;
  auto first = std::from_chars(text, text + *size, total);
  if (first.ptr < text + *size)
    std::from_chars(first.ptr + 1, text + *size, resident);
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace weir::actors
