#include "rest/checkpoint_triggers.hpp"

namespace weir {

checkpoint_triggers::begun checkpoint_triggers::begin(const job_id& job, const random_id& trigger,
                                                      time_point now) {
  forget_before(now);
  if (all_.contains({job, trigger}))
    return begun::before;
  if (all_.size() == entries_max) {
    if (ended_.empty())
      return begun::no;
    forget_oldest();
  }
  all_.emplace(key{job, trigger}, status{});
  return begun::yes;
}

void checkpoint_triggers::end(const job_id& job, const random_id& trigger, result<checkpoint_id> outcome,
                              time_point now) {
  auto found = all_.find({job, trigger});
  if (found == all_.end() || found->second.outcome)
    return;
  found->second.outcome.emplace(std::move(outcome));
  ended_.push_back({found->first, now});
}

const checkpoint_triggers::status* checkpoint_triggers::find(const job_id& job, const random_id& trigger,
                                                             time_point now) {
  forget_before(now);
  auto found = all_.find({job, trigger});
  return found == all_.end() ? nullptr : &found->second;
}

void checkpoint_triggers::forget_before(time_point now) {
  while (!ended_.empty() && now - ended_.front().at >= kept_for_)
    forget_oldest();
}

void checkpoint_triggers::forget_oldest() {
  all_.erase(ended_.front().which);
  ended_.pop_front();
}

} // namespace weir
