#include "two_phase_walk.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace weir::testing {

two_phase_walk::two_phase_walk(std::uint64_t seed) : random_{seed} {}

std::string two_phase_walk::run(std::uint32_t steps) {
  deploy();
  for (std::uint32_t i = 0; i < steps && wrong_.empty(); ++i) {
    step();
    judge();
  }
  if (wrong_.empty())
    finish();
  return wrong_;
}

template <class Call>
bool two_phase_walk::act(Call call) {
  try {
    call();
    return true;
  } catch (const process_gone&) {
    lose_all();
  } catch (const std::exception& thrown) {
    note(thrown.what());
  }
  return false;
}

void two_phase_walk::note(const std::string& what) {
  if (wrong_.empty())
    wrong_ = what;
}

/// From the newest complete checkpoint that can be read, at any parallelism, as often as it takes.
void two_phase_walk::deploy() {
  bool goes_back = false;
  for (opening how = opening::lost; how != opening::done && wrong_.empty();) {
    if (how == opening::lost)
      goes_back = older_ && faults_ && below(3) == 0;
    how = open_all(goes_back ? *older_ : completed_, goes_back);
    if (how == opening::refused) {
      judge_refusal();
      goes_back = false;
    }
  }
  if (goes_back)
    completed_ = std::move(*std::exchange(older_, std::nullopt));
  for (auto& each : sinks_)
    each->written.insert(completed_.written.begin(), completed_.written.end());
}

two_phase_walk::opening two_phase_walk::open_all(const checkpoint& from, bool goes_back) {
  ++attempt_;
  auto parallelism = static_cast<std::uint32_t>(1 + below(parallelism_max));
  sinks_.clear();
  for (std::uint32_t s = 0; s < parallelism; ++s) {
    auto& made = *sinks_.emplace_back(
        std::make_unique<sink>(s, parallelism, attempt_, outside_, *platform_, from.states, goes_back));
    made.barrier = last_id_;
    made.output.begun_before_snapshot = from.begun;
    for (record each = s; each < records; each += parallelism)
      if (!from.written.contains(each))
        made.left.push_back(each);
  }
  for (auto& each : sinks_)
    try {
      if (faults_ && below(6) == 0)
        each->output.calls_left = below(6);
      each->output.before_call = [this] {
        if (faults_ && below(3) == 0)
          rouse_zombie();
      };
      each->phases.open(each->context);
      each->output.before_call = [] {};
      each->output.calls_left.reset();
    } catch (const process_gone&) {
      return opening::lost;
    } catch (const detail::cannot_go_back&) {
      return opening::refused;
    } catch (const std::exception& thrown) {
      note(std::string{"a sink cannot begin: "} + thrown.what());
      return opening::lost;
    }
  return opening::done;
}

void two_phase_walk::judge_refusal() {
  bool is_right =
      std::ranges::any_of(outside_.visible, [&](record each) { return !older_->written.contains(each); });
  if (!is_right)
    note("a sink refuses to go back, and has committed nothing since");
}

void two_phase_walk::step() {
  switch (below(16)) {
  case 0:
  case 1:
    return trigger();
  case 2:
  case 3:
    return complete();
  case 4:
    return abort();
  case 5:
  case 6:
    return deliver(any_sink());
  case 7:
    return rouse_zombie();
  case 8:
    if (below(8) == 0)
      lose_all();
    return;
  case 9:
    if (below(8) == 0)
      any_sink().output.calls_left = below(3);
    return;
  case 10:
  case 11:
  case 12:
    return pass_barrier(any_sink());
  default:
    return write(any_sink());
  }
}

void two_phase_walk::write(sink& by) {
  act([&] {
    if (by.left.empty())
      return;
    by.phases.begin();
    by.output.write(by.left.front());
    by.written.insert(by.left.front());
    by.left.pop_front();
  });
}

void two_phase_walk::trigger() {
  if (pending_.size() < 2) {
    pending_.emplace_back();
    pending_.back().id = ++last_id_;
    pending_.back().begun.assign(parallelism_max, outside_.begun());
  }
}

void two_phase_walk::pass_barrier(sink& by) {
  auto next = std::ranges::find_if(pending_, [&](const checkpoint& each) { return each.id > by.barrier; });
  if (next == pending_.end())
    return;
  act([&] {
    by.barrier = next->id;
    by.phases.before_snapshot(next->id);
    by.context.states().collect(next->states);
    next->written.insert(by.written.begin(), by.written.end());
    next->begun[by.subtask] = outside_.begun();
    ++next->acknowledged;
  });
}

/// Any that all have acknowledged; it takes the place of those before it.
void two_phase_walk::complete() {
  for (std::size_t i = pending_.size(); i-- > 0;)
    if (pending_[i].acknowledged == sinks_.size() && (i == 0 || below(2) == 0)) {
      older_ = completed_.id == 0 || below(2) == 0 ? std::nullopt : std::optional{completed_};
      completed_ = pending_[i];
      pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      for (auto& each : sinks_)
        each->notices.push_back(completed_.id);
      return;
    }
}

void two_phase_walk::abort() {
  if (!pending_.empty())
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(below(pending_.size())));
}

/// Notices come in any order, some twice.
void two_phase_walk::deliver(sink& to) {
  if (to.notices.empty())
    return;
  auto which = to.notices.begin() + static_cast<std::ptrdiff_t>(below(to.notices.size()));
  checkpoint_id id = *which;
  if (below(4) != 0)
    to.notices.erase(which);
  act([&] { to.phases.on_checkpoint_completed(id); });
}

void two_phase_walk::lose_all() {
  pending_.clear();
  for (auto& each : sinks_)
    if (!each->output.calls_left)
      zombies_.push_back(std::move(each));
  deploy();
}

/// A lost attempt does what it had in front of it; the outside may refuse it.
void two_phase_walk::rouse_zombie() {
  if (zombies_.empty())
    return;
  sink& zombie = *zombies_[below(zombies_.size())];
  try {
    switch (below(3)) {
    case 0:
      if (zombie.phases.is_open() && !zombie.left.empty())
        zombie.output.write(zombie.left.front());
      break;
    case 1:
      zombie.phases.before_snapshot(++last_id_);
      break;
    default:
      for (checkpoint_id id : std::exchange(zombie.notices, {}))
        zombie.phases.on_checkpoint_completed(id);
    }
  } catch (const std::runtime_error&) {
    // It is fenced.
  } catch (const std::exception& thrown) {
    note(std::string{"a lost attempt does harm: "} + thrown.what());
  }
}

/// What shows is of the newest complete checkpoint or those before it, and shows once.
void two_phase_walk::judge() {
  std::set<record> seen;
  for (record each : outside_.visible) {
    if (!seen.insert(each).second)
      note("record " + std::to_string(each) + " shows twice");
    if (!completed_.written.contains(each))
      note("record " + std::to_string(each) + " shows, and is in no complete checkpoint");
  }
}

void two_phase_walk::finish() {
  faults_ = false;
  if (below(2) == 0)
    lose_all();
  pending_.clear();
  for (auto& each : sinks_) {
    each->output.calls_left.reset();
    while (!each->left.empty() && wrong_.empty())
      write(*each);
  }
  trigger();
  for (auto& each : sinks_)
    pass_barrier(*each);
  complete();
  judge();
  for (auto& each : sinks_)
    while (!each->notices.empty() && wrong_.empty())
      deliver(*each);
  for (auto& each : sinks_)
    if (!each->phases.committed())
      note("a sink still waits when all is complete");
  sinks_.clear();
  for (int i = 0; i < 20; ++i)
    rouse_zombie();
  judge();
  if (outside_.visible.size() != records)
    note(std::to_string(outside_.visible.size()) + " records show instead of " + std::to_string(records));
  if (!outside_.prepared().empty())
    note("something is left prepared for ever");
}

} // namespace weir::testing
