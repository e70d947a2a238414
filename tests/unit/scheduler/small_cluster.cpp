#include "small_cluster.hpp"

#include <algorithm>

namespace weir {

using namespace std::chrono_literals;

small_cluster::small_cluster(std::uint64_t seed, std::size_t workers, std::size_t slots, int faults)
    : random_{seed}, slots_{slots}, store_slowness_{draw_slowness()}, faults_{faults}, nodes_(workers) {
  resources_ = std::make_unique<resource_manager_core>(
      resource_settings{.epoch = epoch_, .slot_request_timeout = 60s});
  for (node& each : nodes_) {
    each.address = address_of(100 + processes_);
    each.slowness = draw_slowness();
    start_process(each);
  }
}

void small_cluster::submit(const job_id& id, std::shared_ptr<const job_graph> graph,
                           const job_settings& settings) {
  job& of = jobs_[id];
  of.graph = std::move(graph);
  of.settings = settings;
  start_job(id, of);
}

void small_cluster::start_job(const job_id& id, job& of) {
  of.settings.epoch = epoch_;
  of.core = std::make_unique<job_manager_core>(id, job_spec{}, of.graph, of.settings, 0);
  recovered_checkpoints found{.counter = of.storage.counter};
  for (const auto& [checkpoint, metadata] : of.storage.metadata)
    found.completed.push_back({metadata, "job/chk"});
  of.core->recover(std::move(found));
  perform(id, of.core->start(0));
}

std::string small_cluster::run(int steps) {
  for (int i = 0; i < steps && wrong_.empty(); ++i) {
    if (faults_ > 0 && draw(60) == 0) {
      --faults_;
      fault();
    }
    if (!step() || draw(4) == 0)
      tick(draw(20) == 0 ? 2s : 50ms);
  }
  heal();
  // Longer than every timeout together.
  std::string unrest = "no time";
  for (int i = 0; i < 6'000 && wrong_.empty() && !unrest.empty(); ++i) {
    for (int burst = 0; burst < 1'000 && step(); ++burst)
      continue;
    tick(100ms);
    if (i % 20 == 0)
      unrest = what_is_not_at_rest();
  }
  wrong_ += unrest;
  for (const auto& [id, each] : jobs_)
    wrong_ += each.storage.wrong;
  return wrong_;
}

/// One message or one move of a task, of those that are possible. False when there is none.
bool small_cluster::step() {
  std::vector<std::function<bool()>> choices{[&] { return deliver(resources_box_); }};
  for (auto& [id, each] : jobs_) {
    choices.push_back([this, &box = each.box] { return deliver(box); });
    choices.push_back([this, &box = each.late_box] { return deliver(box); });
    if (each.storing)
      choices.push_back([this, id = id, &each] {
        if (draw(store_slowness_) != 0)
          return false;
        each.storing = false;
        each.box.push_back([this, id, &each] { perform(id, each.core->on_stored()); });
        return true;
      });
    choices.push_back([this, id = id, &each] { return store_step(id, each); });
  }
  for (node& each : nodes_)
    for (int i = 0; i < 2; ++i)
      choices.push_back([this, &each] { return worker_step(each); });
  for (std::size_t first = draw(choices.size()), i = 0; i < choices.size(); ++i)
    if (choices[(first + i) % choices.size()]())
      return true;
  return false;
}

bool small_cluster::deliver(mailbox& box) {
  if (box.empty())
    return false;
  auto next = std::move(box.front());
  box.pop_front();
  next();
  return true;
}

void small_cluster::tick(std::chrono::milliseconds by) {
  now_ += by;
  resources_box_.push_back([this] { perform(resources_->on_tick(now_)); });
  for (node& each : nodes_)
    if (!each.paused && now_ >= each.core->wake_at())
      perform(each, each.core->on_tick(now_));
  for (auto& [id, each] : jobs_)
    tick_if_due(id, each);
}

void small_cluster::tick_if_due(const job_id& id, job& of) {
  if (of.core && of.bound && now_ >= of.core->wake_at())
    of.box.push_back([this, id, &of] { perform(id, of.core->on_tick(now_, 0)); });
}

bool small_cluster::worker_step(node& of) {
  // What is under way to the master arrives also while the worker stands still.
  if (draw(2) == 0 && of.wire && !of.to_master.empty()) {
    to_master_message message = std::move(of.to_master.front());
    of.to_master.pop_front();
    if (auto* known = std::get_if<control_message>(&message))
      from_worker(of.process, *known);
    else if (auto end = std::get<data_ended>(message); jobs_.contains(end.attempt.job))
      if (job& to = jobs_.at(end.attempt.job); to.bound && to.core)
        to.box.push_back([end, &to] { to.core->on_data_ended(end); });
    return true;
  }
  if (of.paused)
    return false;
  if (of.dialling) {
    if (of.known_up && draw(2) == 0) // else the worker is back before its master noticed anything
      notice_loss(of, "connection closed");
    of.dialling = false;
    of.up = of.known_up = of.wire = true;
    perform(of, of.core->on_master_up(epoch_, now_));
    return true;
  }
  if (of.wire && !of.to_worker.empty()) {
    control_message message = std::move(of.to_worker.front());
    of.to_worker.pop_front();
    perform(of, of.core->on_message(message, now_));
    return true;
  }
  if (!of.wire && of.up && draw(3) == 0) {
    of.up = false;
    perform(of, of.core->on_master_down("connection closed", now_));
    return true;
  }
  if (!of.wire && of.known_up && draw(3) == 0) {
    notice_loss(of, "connection closed");
    return true;
  }
  return task_step(of);
}

/// The master's router.
void small_cluster::from_worker(const incarnation_id&, const control_message& received) {
  std::visit(
      [&](const auto& message) {
        using type = std::remove_cvref_t<decltype(message)>;
        auto to_job = [&](const job_id& id, auto handle) {
          auto known = jobs_.find(id);
          if (known == jobs_.end() || !known->second.bound || !known->second.core)
            return false;
          known->second.box.push_back([this, id, handle, message] {
            if (auto still = jobs_.find(id); still != jobs_.end() && still->second.core)
              perform(id, handle(*still->second.core, message));
          });
          return true;
        };
        if constexpr (std::is_same_v<type, register_worker>) {
          resources_box_.push_back([this, message] { perform(resources_->on_register(message, now_, 0)); });
        } else if constexpr (std::is_same_v<type, heartbeat>) {
          resources_box_.push_back([this, message] { perform(resources_->on_heartbeat(message, now_, 0)); });
        } else if constexpr (std::is_same_v<type, freed>) {
          resources_box_.push_back([this, message] { perform(resources_->on_freed(message, now_)); });
        } else if constexpr (std::is_same_v<type, offer>) {
          if (!to_job(message.job, [](auto& core, const offer& each) { return core.on_offer(each, 0); }))
            to_worker({message.session.worker,
                       reject{message.session, message.slot, message.allocation, message.job}});
        } else if constexpr (std::is_same_v<type, update>) {
          to_job(message.attempt.job, [](auto& core, const update& each) { return core.on_update(each, 0); });
        } else if constexpr (std::is_same_v<type, acknowledge_checkpoint>) {
          to_job(message.attempt.job,
                 [](auto& core, const auto& each) { return core.on_acknowledged(each, 0); });
        } else if constexpr (std::is_same_v<type, decline_checkpoint>) {
          to_job(message.attempt.job, [](auto& core, const auto& each) { return core.on_declined(each, 0); });
        } else if constexpr (std::is_same_v<type, allocation_gone>) {
          to_job(message.job,
                 [](auto& core, const allocation_gone& each) { return core.on_allocation_gone(each, 0); });
        }
      },
      received);
}

void small_cluster::to_worker(const send_to_worker& sending) {
  for (node& each : nodes_)
    if (each.process == sending.worker && each.wire)
      each.to_worker.push_back(sending.message);
}

void small_cluster::perform(resource_manager_core::actions actions) {
  std::set<job_id> given;
  for (const resource_action& action : actions) {
    if (auto* sending = std::get_if<send_to_worker>(&action)) {
      if (auto* message = std::get_if<allocate>(&sending->message)) {
        given.insert(message->job);
        if (auto known = jobs_.find(message->job); known != jobs_.end() && ++known->second.allocations > 400)
          complain("slots are allocated and rejected without end");
      }
      to_worker(*sending);
      continue;
    }
    auto to_job = [&](const job_id& id, mailbox job::*where, std::function<void(job&)> handle) {
      if (auto known = jobs_.find(id); known != jobs_.end() && known->second.bound && known->second.core)
        (known->second.*where).push_back([handle, &of = known->second] { handle(of); });
    };
    if (auto* message = std::get_if<worker_introduced>(&action))
      to_job(message->job, &job::box, [message = *message](job& of) { of.core->on_introduced(message); });
    if (auto* message = std::get_if<session_lost>(&action)) {
      if (auto known = jobs_.find(message->job); known != jobs_.end())
        known->second.losses.insert(message->session);
      to_job(message->job, &job::late_box,
             [this, message = *message](job& of) { perform(message.job, of.core->on_lost(message, 0)); });
    }
    if (auto* message = std::get_if<slot_request_failed>(&action))
      to_job(message->job, &job::box, [this, message = *message](job& of) {
        perform(message.job, of.core->on_request_failed(message, 0));
      });
  }
  for (const job_id& id : given)
    if (auto known = jobs_.find(id); known != jobs_.end())
      check_grant(id, known->second);
}

void small_cluster::perform(const job_id& id, job_manager_core::actions actions) {
  job& of = jobs_.at(id);
  for (const job_action& action : actions) {
    if (auto* sending = std::get_if<send_to_worker>(&action)) {
      if (auto* deployed = std::get_if<deploy>(&sending->message)) {
        check_deployment(of, *deployed);
        restarts += deployed->attempt.number > 1;
        of.deployed.insert(deployed->attempt);
        of.present[{deployed->attempt.vertex, deployed->attempt.subtask}] = deployed->attempt;
      }
      check_notice(of, sending->message);
      to_worker(*sending);
    } else if (auto* need = std::get_if<slots_needed>(&action)) {
      resources_box_.push_back([this, need = *need] {
        if (auto known = jobs_.find(need.job); known != jobs_.end()) {
          known->second.need = need.count;
          if (need.handled)
            known->second.losses.erase(*need.handled);
        }
        perform(resources_->on_need(need.job, need.count, need.handled, now_, need.preferred));
      });
    } else if (auto* end = std::get_if<store_end>(&action)) {
      if (of.storing)
        complain("a job ends twice");
      of.storing = of.ending = true;
      job_state how = end->details.summary.state;
      jobs_finished += how == job_state::finished;
      jobs_failed += how == job_state::failed;
      jobs_canceled += how == job_state::canceled;
      check_end(id, of, how);
    } else if (std::holds_alternative<job_done>(action)) {
      of.bound = false;
    } else {
      of.store_work.push_back(action);
    }
  }
}

void small_cluster::perform(node& of, worker_core::actions actions) {
  for (const worker_action& action : actions) {
    if (auto* sending = std::get_if<send_to_master>(&action)) {
      if (of.wire)
        of.to_master.push_back(sending->message);
    } else if (std::holds_alternative<dial_master>(action)) {
      of.dialling = true;
    } else if (std::holds_alternative<drop_master>(action)) {
      cut(of);
    } else if (auto* loading = std::get_if<load_code>(&action)) {
      const deploy& deployment = loading->deployment;
      running_task& task = of.tasks[deployment.attempt];
      auto of_job = jobs_.find(deployment.attempt.job);
      if (of_job != jobs_.end() && of_job->second.settings.checkpoints.enabled())
        task.body = std::make_unique<small_task>(deployment, of_job->second.storage, records_of_source);
    } else if (auto* running = std::get_if<run_task>(&action)) {
      of.tasks.at(running->attempt).phase = task_phase::starting;
    } else if (auto* canceling = std::get_if<cancel_task>(&action)) {
      if (auto task = of.tasks.find(canceling->attempt); task != of.tasks.end())
        task->second.phase = task_phase::canceling;
    } else if (auto* notified = std::get_if<notify_task>(&action)) {
      if (auto task = of.tasks.find(notified->attempt); task != of.tasks.end() && task->second.body)
        task->second.body->on_notice(notified->notice);
    } else if (std::holds_alternative<session_begun>(action)) {
      check_session(of);
    } else if (auto* over = std::get_if<session_over>(&action)) {
      if (over->reason.find("which is not free") != std::string::npos)
        complain("a slot was given twice: " + over->reason);
    }
  }
}

} // namespace weir
