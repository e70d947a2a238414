#include "actors/job_manager.hpp"

#include "base/log.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace weir::actors {

namespace {

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using open_again_atom = caf::atom_constant<caf::atom("open_again")>;

/// Until a store that could not begin a checkpoint is asked again.
constexpr std::chrono::seconds counter_retry{1};

/// Until it is looked whether somebody has mended the checkpoints of a job: soon enough for a person.
constexpr std::chrono::seconds open_retry{2};

checkpoint_storage make_storage(platform& environment, const job_id& job, const job_settings& settings,
                                const caf::actor& to) {
  return {environment,
          {settings.checkpoints.directory, job, settings.epoch},
          [to = caf::actor_cast<caf::weak_actor_ptr>(to)](checkpoint_storage::outcome outcome) {
            if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(to))
              std::visit(
                  [&](auto& each) { caf::anon_send(caf::actor_cast<caf::actor>(alive), std::move(each)); },
                  outcome);
          }};
}

} // namespace

job_manager::job_manager(caf::actor_config& config, platform& environment, const job_record& job,
                         const job_settings& settings, job_manager_peers peers)
    : caf::event_based_actor{config},
      platform_{environment},
      core_{job.id, job.spec, job.graph, settings, environment.clock().wall_ms()},
      recovered_{settings.recovered},
      peers_{std::move(peers)} {
  if (settings.checkpoints.enabled())
    storage_.emplace(make_storage(environment, job.id, settings, caf::actor_cast<caf::actor>(this)));
}

caf::behavior job_manager::make_behavior() {
  return {
      [this](const begin_job&) { begin(); },
      [this](tick_atom) {
        tick_at_.reset();
        perform(core_.on_tick(platform_.clock().now(), wall_ms()));
      },

      [this](const offer& message) { perform(core_.on_offer(message, wall_ms())); },
      [this](const update& message) { perform(core_.on_update(message, wall_ms())); },
      [this](const allocation_gone& message) { perform(core_.on_allocation_gone(message, wall_ms())); },
      [this](const acknowledge_checkpoint& message) { perform(core_.on_acknowledged(message, wall_ms())); },
      [this](const decline_checkpoint& message) { perform(core_.on_declined(message, wall_ms())); },
      [this](const data_ended& message) {
        core_.on_data_ended(message);
        perform({});
      },

      [this](storage_opened& message) { on(message); },
      [this](open_again_atom) {
        look_is_coming_ = false;
        if (core_.is_blocked())
          storage_->open();
      },
      [this](const counter_outcome& message) { on(message); },
      [this](store_counter& again) { act(again); },
      [this](const checkpoint_outcome& message) { on(message); },
      [this](const removal_outcome& message) { on(message); },
      [this](const end_outcome& message) { on(message); },
      [this](end_checkpoints& again) { storage_->perform(std::move(again)); },

      [this](const worker_introduced& message) { core_.on_introduced(message); },
      [this](const session_lost& message) { perform(core_.on_lost(message, wall_ms())); },
      [this](const slots_missing& message) { core_.on_missing(message); },
      [this](const slot_request_failed& message) { perform(core_.on_request_failed(message, wall_ms())); },
      [this](const tasks_reported& message) { core_.on_reported(message); },

      [this](const cancel_running_job&) {
        // Sinks are to commit what the newest checkpoint lists, so it has to be known. A further cancel does
        // not wait for a disk: all that there is stays then.
        if (opening_ || (trying_on_ && !cancel_waits_))
          cancel_waits_ = true;
        else
          perform(core_.on_cancel(wall_ms()));
      },
      [this](const confirm_end&) { perform(core_.on_stored()); },
      [this](const describe_job& wish) { wish.call->answer(core_.details()); },
      [this](const take_checkpoint& wish) {
        checkpoint_calls_[++last_call_] = wish.call;
        perform(core_.on_checkpoint_wish(last_call_, wish.full, wall_ms()));
      },
      [this](const job_unbound&) {
        unbound_ = true;
        leave_if_over();
      },
  };
}

void job_manager::on_exit() {
  peers_ = {};
  checkpoint_calls_.clear();
}

// ---- the store of checkpoints

void job_manager::begin() {
  opening_ = storage_.has_value();
  if (storage_)
    storage_->open();
  else
    perform(core_.start(wall_ms()));
}

void job_manager::on(storage_opened& opened) {
  if (core_.summary().state != job_state::initializing && !core_.is_blocked())
    return; // it was canceled while somebody was to mend its checkpoints
  opening_ = false;
  begin_with(opened);
  // What a disk fails to tell it may tell the next time. A person who has to mend something is not waited
  // for.
  trying_on_ = !opened.found && recovered_ && opened.found.failure().code() != errc::corrupt;
  if (!trying_on_ && std::exchange(cancel_waits_, false))
    perform(core_.on_cancel(wall_ms()));
}

void job_manager::begin_with(storage_opened& opened) {
  // A job that has got somewhere does not end for a disk that fails while a master takes it over.
  if (!opened.found && (recovered_ || opened.found.failure().code() == errc::corrupt)) {
    core_.on_recovery_blocked(opened.found.failure().message());
    return perform({});
  }
  if (!opened.found)
    return perform(core_.on_recovery_failed(
        "the checkpoints of the job cannot be used: " + opened.found.failure().message(), wall_ms()));
  core_.recover(std::move(*opened.found));
  perform(core_.go_on(wall_ms()));
}

void job_manager::on(const counter_outcome& stored) {
  if (stored.outcome) {
    core_.on_counter_stored(stored.wanted.counter);
    return perform({});
  }
  if (ended_)
    return;
  log::scheduler.warn("checkpoint cannot begin, trying on", {{"job", stored.wanted.job},
                                                             {"checkpoint", stored.wanted.counter},
                                                             {"why", stored.outcome.failure().message()}});
  delayed_send(this, counter_retry, stored.wanted);
}

void job_manager::on(const checkpoint_outcome& stored) {
  if (stored.path)
    return perform(core_.on_checkpoint_stored(stored.checkpoint, *stored.path, wall_ms()));
  const error& why = stored.path.failure();
  perform(core_.on_checkpoint_store_failed(stored.checkpoint, why.message(), why.code() == errc::uncertain,
                                           wall_ms()));
}

void job_manager::on(const removal_outcome& removed) {
  if (removed.outcome)
    return perform(core_.on_checkpoint_removed(removed.checkpoint, wall_ms()));
  core_.on_checkpoint_removal_failed(removed.checkpoint);
  perform({});
}

/// Tried until it is done. Should this master end before, the job's record says what is left.
void job_manager::on(const end_outcome& ended) {
  if (ended.outcome)
    send(peers_.dispatcher, checkpoints_gone{ended.wanted.job});
  if (ended.outcome || ended.outcome.failure().code() == errc::fenced) {
    removing_ = false;
    return leave_if_over();
  }
  if (!std::exchange(has_warned_, true))
    log::scheduler.warn("checkpoints of the ended job not removed, trying on",
                        {{"job", ended.wanted.job}, {"why", ended.outcome.failure().message()}});
  delayed_send(this, open_retry, ended.wanted);
}

void job_manager::leave_if_over() {
  if (unbound_ && !removing_)
    quit();
}

// ---- what the core wants

void job_manager::perform(job_manager_core::actions actions) {
  for (job_action& action : actions)
    std::visit([this](auto& each) { act(each); }, action);
  send(peers_.dispatcher, job_changed{core_.summary()});
  tick_later();
  if (core_.is_blocked() && !std::exchange(look_is_coming_, true))
    delayed_send(this, open_retry, open_again_atom::value);
}

void job_manager::act(send_to_worker& action) {
  send(peers_.router, std::move(action));
}

void job_manager::act(slots_needed& action) {
  send(peers_.resource_manager, action);
}

void job_manager::act(store_end& action) {
  send(peers_.dispatcher, std::move(action));
}

void job_manager::act(job_done&) {
  ended_ = true;
  unbind_job binding{core_.summary().id};
  send(peers_.resource_manager, binding);
  send(peers_.router, binding); // answers with job_unbound
}

void job_manager::act(answer_checkpoint& action) {
  if (auto call = checkpoint_calls_.extract(action.request); !call.empty())
    call.mapped()->answer(action.answer);
}

void job_manager::act(end_checkpoints& action) {
  removing_ = true;
  storage_->perform(std::move(action));
}

template <class ForStorage>
void job_manager::act(ForStorage& action) {
  storage_->perform(std::move(action));
}

void job_manager::tick_later() {
  time_point at = core_.wake_at();
  // A timer that comes first will look again; more of them would pile up, as none can be taken back.
  if (at == time_point::max() || (tick_at_ && *tick_at_ <= at))
    return;
  tick_at_ = at;
  auto now = platform_.clock().now();
  if (at <= now)
    send(this, tick_atom::value);
  else
    delayed_send(this, at - now, tick_atom::value);
}

} // namespace weir::actors
