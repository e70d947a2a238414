#include "actors/dispatcher.hpp"

#include "actors/checkpoint_cleaner.hpp"
#include "base/log.hpp"
#include "base/options.hpp"
#include "wire/graph_checks.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace weir::actors {

namespace {

using sweep_atom = caf::atom_constant<caf::atom("sweep")>;
using store_atom = caf::atom_constant<caf::atom("store")>;

/// Ended jobs are also looked through whenever one ends, so this only bounds how late one expires.
constexpr std::chrono::minutes sweep_interval{1};

/// How late a record is tried again that could not be stored, and how late a master that has nothing to store
/// hears that another one leads. Until then it has workers that the other one lacks.
constexpr std::chrono::seconds store_interval{2};

/// Answers all who wait for the same.
template <class Calls, class Answer>
void answer_all(Calls& waiting, const job_id& job, const Answer& answer) {
  auto [first, last] = waiting.equal_range(job);
  for (auto each = first; each != last; ++each)
    each->second->answer(answer);
  waiting.erase(first, last);
}

ended_jobs_limits read_limits(const configuration& from) {
  return {.max_capacity = static_cast<std::size_t>(from.get(options::jobstore_max_capacity)),
          .expiration_time = from.get(options::jobstore_expiration_time),
          .results_size = from.get(options::jobstore_cache_size).bytes};
}

} // namespace

dispatcher::dispatcher(caf::actor_config& config, platform& environment, configuration settings,
                       leader_epoch epoch, std::unique_ptr<job_store> store, dispatcher_peers peers)
    : caf::event_based_actor{config},
      platform_{environment},
      settings_{std::move(settings)},
      epoch_{epoch},
      core_{read_limits(settings_)},
      store_{std::move(store)},
      peers_{std::move(peers)} {}

caf::behavior dispatcher::make_behavior() {
  set_down_handler([this](caf::down_msg& down) { manager_down(down); });
  perform(core_.recover(store_->all(), clock().now(), platform_.clock().wall_ms()));
  sweep_later();
  retry_later();
  return {
      [this](const submit_job& wish) { submit(wish); },
      [this](const cancel_job& wish) { cancel(wish); },
      [this](const list_jobs& wish) { wish.call->answer(core_.summaries()); },
      [this](const describe_job& wish) { describe(wish); },
      [this](const take_checkpoint& wish) { checkpoint(wish); },

      [this](const library_claimed& claim) {
        perform(core_.on_claimed(claim.job, claim.found, platform_.clock().wall_ms()));
      },
      [this](const record_landed& landed) {
        perform(core_.on_stored(landed.job, landed.state, clock().now()));
      },

      [this](const job_changed& change) { core_.on_changed(change.summary); },
      [this](const store_end& end) { perform(core_.on_end(end.details, end.checkpoints)); },
      [this](const checkpoints_gone& message) { perform(core_.on_checkpoints_gone(message.job)); },

      [this](sweep_atom) {
        perform(core_.on_tick(clock().now()));
        sweep_later();
      },
      [this](store_atom) {
        store_->retry();
        retry_later();
      },
  };
}

void dispatcher::on_exit() {
  for (const auto& [job, manager] : job_managers_)
    caf::anon_send_exit(manager, caf::exit_reason::user_shutdown);
  for (const caf::actor& each : cleaners_)
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  cleaners_.clear();
  job_managers_.clear();
  waiting_submits_.clear();
  waiting_cancels_.clear();
  peers_ = {};
}

void dispatcher::submit(const submit_job& wish) {
  const job_submission& submission = wish.submission;
  std::string wrong = submission.graph == nullptr || submission.graph->vertices.empty()
                          ? "it has no operators"
                          : wire::what_is_wrong_with(*submission.graph);
  if (!wrong.empty()) {
    wish.call->answer(error{errc::invalid_argument, "the job graph cannot be run: " + wrong});
    return;
  }
  if (auto settings = read_job_settings(settings_, submission.spec, epoch_); !settings) {
    wish.call->answer(settings.failure().wrap("the job cannot be run"));
    return;
  }
  waiting_submits_.emplace(submission.id, wish.call);
  perform(core_.on_submit({.id = submission.id, .spec = submission.spec, .graph = submission.graph},
                          platform_.clock().wall_ms()));
}

void dispatcher::cancel(const cancel_job& wish) {
  waiting_cancels_.emplace(wish.job, wish.call);
  perform(core_.on_cancel(wish.job));
}

void dispatcher::describe(const describe_job& wish) {
  if (auto end = core_.end_of(wish.job))
    wish.call->answer(*end);
  else if (auto manager = job_managers_.find(wish.job); manager != job_managers_.end())
    send(manager->second, wish);
  else if (auto outline = core_.outline_of(wish.job))
    wish.call->answer(*outline);
  else
    wish.call->answer(error{errc::not_found, "Job " + to_string(wish.job) + " not found"});
}

void dispatcher::checkpoint(const take_checkpoint& wish) {
  if (auto manager = job_managers_.find(wish.job); manager != job_managers_.end() && !core_.end_of(wish.job))
    send(manager->second, wish);
  else if (core_.end_of(wish.job))
    wish.call->answer(error{errc::invalid_argument, "job " + to_string(wish.job) + " has ended"});
  else if (core_.outline_of(wish.job))
    wish.call->answer(error{errc::unavailable, "job " + to_string(wish.job) + " does not run yet"});
  else
    wish.call->answer(error{errc::not_found, "Job " + to_string(wish.job) + " not found"});
}

void dispatcher::manager_down(const caf::down_msg& down) {
  auto manager =
      std::ranges::find_if(job_managers_, [&](const auto& each) { return each.second == down.source; });
  if (manager == job_managers_.end())
    return;
  job_id job = manager->first;
  job_managers_.erase(manager);
  if (core_.end_of(job))
    return;
  log::actors.error("job manager died", {{"job", job}, {"reason", caf::to_string(down.reason)}});
  send(peers_.router, unbind_job{job});
  send(peers_.resource_manager, job_abandoned{job});
  perform(core_.on_manager_died(job, "the manager of the job died: " + caf::to_string(down.reason),
                                platform_.clock().wall_ms()));
}

void dispatcher::perform(dispatcher_core::actions actions) {
  for (const dispatch_action& action : actions)
    std::visit([this](const auto& each) { act(each); }, action);
}

void dispatcher::act(const claim_library& action) {
  send(peers_.blob_server, action);
}

void dispatcher::act(const release_library& action) {
  send(peers_.blob_server, action);
}

void dispatcher::act(const store_record& action) {
  store_->put(action.record, [self = caf::actor_cast<caf::actor>(this), job = action.record.id,
                              state = action.record.state] {
    caf::anon_send(self, record_landed{job, state});
  });
}

void dispatcher::act(const start_job& action) {
  const job_id& job = action.record.id;
  auto settings = read_job_settings(settings_, action.record.spec, epoch_);
  if (!settings) // it was submitted to a master with another configuration
    return perform(core_.on_manager_died(job, "the job cannot go on: " + settings.failure().message(),
                                         platform_.clock().wall_ms()));
  settings->recovered = action.recovered;
  auto manager = spawn<job_manager>(
      platform_, action.record, *settings,
      job_manager_peers{peers_.router, peers_.resource_manager, caf::actor_cast<caf::actor>(this)});
  monitor(manager);
  job_managers_.emplace(job, manager);
  bind_job binding{job, manager};
  send(peers_.router, binding);
  send(peers_.resource_manager, binding);
  send(manager, begin_job{});
}

void dispatcher::act(const cancel_running_job& action) {
  if (auto manager = job_managers_.find(action.job); manager != job_managers_.end())
    send(manager->second, action);
}

void dispatcher::act(const confirm_end& action) {
  if (auto manager = job_managers_.find(action.job); manager != job_managers_.end())
    send(manager->second, action);
  perform(core_.on_tick(clock().now()));
}

void dispatcher::act(const answer_submit& action) {
  if (action.answer)
    answer_all(waiting_submits_, action.job, result<job_id>{action.job});
  else
    answer_all(waiting_submits_, action.job, result<job_id>{action.answer.failure()});
}

void dispatcher::act(const answer_cancel& action) {
  answer_all(waiting_cancels_, action.job, action.answer);
}

void dispatcher::act(const remove_checkpoints& action) {
  cleaners_.push_back(spawn<checkpoint_cleaner>(
      platform_, checkpoint_storage::settings{action.left.directory, action.job, epoch_},
      action.left.retained, caf::actor_cast<caf::actor>(this)));
}

void dispatcher::act(const remove_record& action) {
  store_->remove(action.job);
}

void dispatcher::act(const trim_record& action) {
  store_->put(action.record, [] {});
}

void dispatcher::retry_later() {
  delayed_send(this, store_interval, store_atom::value);
}

void dispatcher::sweep_later() {
  delayed_send(this, sweep_interval, sweep_atom::value);
}

} // namespace weir::actors
