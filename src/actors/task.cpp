#include "actors/task.hpp"

#include "base/log.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <exception>

namespace weir::actors {

namespace {

using start_atom = caf::atom_constant<caf::atom("start")>;
using run_atom = caf::atom_constant<caf::atom("run")>;
using wake_atom = caf::atom_constant<caf::atom("wake")>;

/// Between two looks into the mailbox. Enough that the looks cost nothing, few enough that a credit or a
/// barrier does not wait for more than some milliseconds of user code.
constexpr std::uint32_t batches_per_run = 16;

} // namespace

task::task(caf::actor_config& config, std::shared_ptr<task_surroundings> surroundings, start_task what,
           caf::actor slot)
    : caf::event_based_actor{config},
      around_{std::move(surroundings)},
      attempt_{what.setup.attempt},
      slot_{std::move(slot)},
      items_at_once_{std::max<std::size_t>(what.setup.options.channels.buffers_per_channel / 2, 1)},
      subtask_{prepare(std::move(what)), *around_->environment, *this} {}

caf::behavior task::make_behavior() {
  send(this, start_atom::value);
  return {
      [this](start_atom) { start(); },
      [this](run_atom) {
        run_is_coming_ = false;
        run();
      },
      [this](wake_atom) {
        wake_at_.reset();
        run();
      },
      [this](local_items& message) {
        if (auto in = ins_.find(message.route); in != ins_.end() && !ended_)
          for (channel_item& item : message.items)
            subtask_.on_item(in->second, message.sequence++, std::move(item));
        run();
      },
      [this](local_credit& message) {
        if (auto out = outs_.find(message.route); out != outs_.end() && !ended_)
          subtask_.on_credit(out->second, message.granted_total, std::move(message.emptied));
        run();
      },
      [this](const local_close& message) {
        if (auto out = outs_.find(message.route); out != outs_.end() && !ended_)
          subtask_.on_channel_closed(out->second);
        run();
      },
      [this](received_routed& message) {
        on(message);
        run();
      },
      [this](open_request& message) {
        on(message);
        run();
      },
      [this](channel_answer& message) {
        on(message);
        run();
      },
      [this](const peer_broken& message) {
        on(message);
        run();
      },
      [this](const notify_task& message) {
        on(message);
        run();
      },
      [this](snapshot_written& message) {
        if (!ended_)
          subtask_.on_snapshot_written(message.checkpoint, std::move(message.file));
        else if (message.file)
          discard_snapshot(*message.file);
        --snapshots_being_written_;
        leave_if_over();
        run();
      },
      [this](const stop_task& message) { stop(message); },
      [this](const measure_task&) {
        if (!ended_)
          measure();
      },
  };
}

void task::on_exit() {
  if (!std::exchange(ended_, true)) { // the node stops
    subtask_.close();
    stop_writing_.request_stop();
    unbind_all();
  }
  // Actors that hold each other's handles would never be freed.
  slot_ = nullptr;
  producers_.clear();
  consumers_.clear();
  early_.clear();
  around_ = nullptr;
}

void task::start() {
  if (ended_ || subtask_.cancel_flag()->load())
    return; // stop_task follows
  try {
    if (auto opened = subtask_.open(); !opened)
      return end(task_state::failed, opened.failure().message(),
                 opened.failure().code() == errc::irreversible);
  } catch (...) { // user code may throw anything
    return end(task_state::failed, "it threw something that is not a std::exception");
  }
  opened_ = true;
  log_restored();
  send(slot_, task_changed{attempt_, task_state::running, {}});
  log::task.info("task runs", {{"job", attempt_.job},
                               {"task", subtask_.name()},
                               {"vertex", attempt_.vertex},
                               {"subtask", attempt_.subtask},
                               {"attempt", attempt_}});
  for (open_request& request : std::exchange(early_, {}))
    on(request);
  run();
}

void task::run() {
  if (!opened_ || ended_)
    return;
  run_outcome outcome;
  try {
    outcome = subtask_.run(batches_per_run);
  } catch (...) { // user code may throw anything
    return end(task_state::failed, "it threw something that is not a std::exception");
  }
  switch (outcome.what) {
  case run_outcome::kind::more:
    run_later();
    break;
  case run_outcome::kind::wait:
    if (outcome.wake_at)
      wake_later(*outcome.wake_at);
    break;
  case run_outcome::kind::finished:
    end(task_state::finished, {});
    break;
  case run_outcome::kind::canceled:
    break; // stop_task follows, which says more
  case run_outcome::kind::failed:
    end(task_state::failed, std::move(outcome.cause));
    break;
  }
}

void task::stop(const stop_task& how) {
  // Who hears that it failed will see to it that what it has prepared is committed or removed.
  if (opened_ && !ended_ && how.job_ends)
    if (auto discarded = subtask_.discard(); !discarded)
      return end(task_state::failed, discarded.failure().message());
  end(task_state::canceled, {});
}

void task::measure() {
  auto measured = subtask_.measurements();
  if (!measured)
    return end(task_state::failed, measured.failure().message());
  send(around_->task_manager,
       task_measured{attempt_, subtask_.metrics(), std::move(*measured), subtask_.network_memory()});
}

void task::run_later() {
  // Behind what is in the mailbox already.
  if (!std::exchange(run_is_coming_, true))
    send(this, run_atom::value);
}

void task::wake_later(time_point at) {
  // A timer that comes first will look again; more of them would pile up, as none can be taken back.
  if (wake_at_ && *wake_at_ <= at)
    return;
  wake_at_ = at;
  auto now = around_->environment->clock().now();
  delayed_send(this, std::max(at - now, std::chrono::nanoseconds{0}), wake_atom::value);
}

void task::end(task_state how, std::string cause, bool irreversible) {
  if (std::exchange(ended_, true))
    return;
  auto measured = subtask_.measurements();
  if (!measured && how == task_state::finished) {
    how = task_state::failed;
    cause = measured.failure().message();
  }
  task_end last{.cause = std::move(cause),
                .metrics = subtask_.metrics(),
                .results = {},
                .measurements = measured ? std::move(*measured) : nullptr,
                .irreversible = irreversible};
  if (how == task_state::finished)
    last.results = subtask_.take_results();
  subtask_.close();
  unbind_all();
  log::task.info("task ends", {{"job", attempt_.job},
                               {"task", subtask_.name()},
                               {"vertex", attempt_.vertex},
                               {"subtask", attempt_.subtask},
                               {"attempt", attempt_},
                               {"state", how},
                               {"cause", last.cause}});
  last_ = task_changed{attempt_, how, std::move(last)};
  stop_writing_.request_stop();
  leave_if_over();
}

/// An end is told when nothing of the task runs any more.
void task::leave_if_over() {
  if (!last_ || snapshots_being_written_ > 0)
    return;
  send(slot_, *std::exchange(last_, std::nullopt));
  quit();
}

} // namespace weir::actors
