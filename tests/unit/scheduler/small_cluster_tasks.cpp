// How tasks go on in a small cluster, and the store of their checkpoints.
#include "small_cluster.hpp"

namespace weir {

bool small_cluster::task_step(node& of) {
  if (of.tasks.empty() || draw(of.slowness) != 0)
    return false;
  auto task = std::next(of.tasks.begin(), static_cast<std::ptrdiff_t>(draw(of.tasks.size())));
  const attempt_id id = task->first;
  running_task& at = task->second;
  switch (at.phase) {
  case task_phase::loading:
    perform(of, of.core->on_loaded(id));
    if (auto still = of.tasks.find(id); still != of.tasks.end() && still->second.phase == task_phase::loading)
      of.tasks.erase(still); // its session is over
    break;
  case task_phase::starting: {
    std::string why_not = at.body ? at.body->start() : "";
    if (!why_not.empty()) {
      check_start(of, *at.body, why_not);
      end_task(of, id, task_state::failed, why_not);
      break;
    }
    at.phase = task_phase::running;
    perform(of, of.core->on_task_state(id, task_state::running));
    break;
  }
  case task_phase::running:
    if (at.body)
      return run_body(of, id, *at.body);
    end_task(of, id, draw(40) == 0 ? task_state::failed : task_state::finished, "it broke");
    break;
  case task_phase::canceling:
    end_task(of, id, !at.body && draw(4) == 0 ? task_state::finished : task_state::canceled, "");
    break;
  }
  return true;
}

bool small_cluster::run_body(node& of, const attempt_id& id, small_task& body) {
  if (faults_ > 0 && draw(200) == 0) {
    end_task(of, id, task_state::failed, "it broke");
    return true;
  }
  if (draw(2) == 0 && pass_item(body))
    return true;
  small_task::turn turn = body.step([this](std::size_t below) { return draw(below); });
  if (turn.answer)
    std::visit([&](const auto& answer) { perform(of, of.core->on_checkpoint_answer(answer)); }, *turn.answer);
  if (turn.data_ended && of.wire)
    of.to_master.push_back(data_ended{.session = of.core->session(), .attempt = id});
  if (turn.finished)
    end_task(of, id, task_state::finished, "");
  else if (!turn.failure.empty())
    end_task(of, id, task_state::failed, turn.failure);
  return turn.moved;
}

/// To the task that reads, once that runs.
bool small_cluster::pass_item(small_task& from) {
  const small_item* item = from.next_item();
  if (item == nullptr)
    return false;
  const attempt_id& reader = from.deployment().consumers.at(0).attempt;
  for (node& each : nodes_) {
    auto task = each.tasks.find(reader);
    if (task == each.tasks.end() || task->second.phase != task_phase::running)
      continue;
    task->second.body->on_item(from.deployment().attempt, *item);
    from.item_taken();
    return true;
  }
  return false;
}

void small_cluster::end_task(node& of, const attempt_id& id, task_state how, const std::string& cause) {
  of.tasks.erase(id);
  if (how == task_state::finished)
    finished_.insert(id);
  perform(of, of.core->on_task_state(id, how, {.cause = how == task_state::failed ? cause : ""}));
}

// ---- the store of checkpoints

bool small_cluster::store_step(const job_id& id, job& of) {
  if (of.store_work.empty() || draw(store_slowness_) != 0)
    return false;
  job_action work = std::move(of.store_work.front());
  of.store_work.pop_front();
  if (auto answer = do_store_work(id, of, work); answer && of.bound)
    of.box.push_back(std::move(answer));
  return true;
}

/// Returns what the job is told of it.
std::function<void()> small_cluster::do_store_work(const job_id& id, job& of, const job_action& action) {
  small_storage& storage = of.storage;
  if (auto* work = std::get_if<store_counter>(&action)) {
    storage.counter = work->counter;
    return [&of, counter = work->counter] { of.core->on_counter_stored(counter); };
  }
  if (auto* work = std::get_if<store_checkpoint>(&action)) {
    checkpoint_id checkpoint = work->checkpoint.id;
    bool fails = faults_ > 0 && draw(8) == 0;
    bool may_be_there = fails && draw(2) == 0;
    if (!fails || (may_be_there && draw(2) == 0))
      storage.store(work->checkpoint);
    if (fails)
      return [this, id, &of, checkpoint, may_be_there] {
        perform(id, of.core->on_checkpoint_store_failed(checkpoint, "it broke", may_be_there, 0));
      };
    ++checkpoints_completed;
    return
        [this, id, &of, checkpoint] { perform(id, of.core->on_checkpoint_stored(checkpoint, "job/chk", 0)); };
  }
  if (auto* work = std::get_if<remove_checkpoint>(&action)) {
    bool fails = faults_ > 0 && draw(4) == 0;
    if (!fails || draw(2) == 0)
      storage.metadata.erase(work->id);
    if (fails)
      return [&of, checkpoint = work->id] { of.core->on_checkpoint_removal_failed(checkpoint); };
    return [this, id, &of, checkpoint = work->id] {
      perform(id, of.core->on_checkpoint_removed(checkpoint, 0));
    };
  }
  if (auto* work = std::get_if<delete_files>(&action))
    storage.remove(work->paths);
  else if (auto* work = std::get_if<sweep_files>(&action))
    files_swept += storage.sweep(work->present, work->needed);
  else if (std::holds_alternative<end_checkpoints>(action))
    storage.close();
  return {};
}

} // namespace weir
