#include "state/local_copy_index.hpp"

#include <iterator>
#include <set>
#include <utility>

namespace weir {

void local_copy_index::add(local_copy_ptr copy) {
  jobs_[copy->job][{copy->name.vertex, copy->name.subtask}].emplace(copy->name.checkpoint, copy);
  std::string original = copy->original;
  by_original_.insert_or_assign(std::move(original), std::move(copy));
}

local_copy_ptr local_copy_index::find(const std::string& original) const {
  auto found = by_original_.find(original);
  return found == by_original_.end() ? nullptr : found->second;
}

/// Takes out what `is_due(copy, needed)` names; `needed` has the checkpoints whose changes are needed by
/// copies that stay.
template <class IsDue>
local_copy_index::copies local_copy_index::take(const job_id& job, IsDue is_due) {
  copies taken;
  auto found = jobs_.find(job);
  if (found == jobs_.end())
    return taken;
  for (auto at = found->second.begin(); at != found->second.end();) {
    history& copies_of = at->second;
    std::set<checkpoint_id> needed;
    // Newest first, since changes are based on what was before them.
    for (auto each = copies_of.end(); each != copies_of.begin();) {
      --each;
      const local_copy& copy = *each->second;
      if (!is_due(copy, needed)) {
        needed.insert(copy.base);
        continue;
      }
      by_original_.erase(copy.original);
      taken.push_back(std::move(each->second));
      each = copies_of.erase(each);
    }
    at = copies_of.empty() ? found->second.erase(at) : std::next(at);
  }
  if (found->second.empty())
    jobs_.erase(found);
  return taken;
}

local_copy_index::copies local_copy_index::discard(const std::string& original) {
  local_copy_ptr copy = find(original);
  if (!copy)
    return {};
  return take(copy->job, [&](const local_copy& each, const auto&) { return &each == copy.get(); });
}

local_copy_index::copies local_copy_index::on_completed(const job_id& job, checkpoint_id checkpoint) {
  return take(job, [&](const local_copy& each, const std::set<checkpoint_id>& needed) {
    return each.name.checkpoint < checkpoint && !needed.contains(each.name.checkpoint);
  });
}

local_copy_index::copies local_copy_index::on_aborted(const job_id& job, checkpoint_id checkpoint) {
  return take(job, [&](const local_copy& each, const auto&) { return each.name.checkpoint == checkpoint; });
}

local_copy_index::copies local_copy_index::on_restored(const job_id& job, checkpoint_id checkpoint) {
  return take(job, [&](const local_copy& each, const std::set<checkpoint_id>& needed) {
    return each.name.checkpoint != checkpoint && !needed.contains(each.name.checkpoint);
  });
}

local_copy_index::copies local_copy_index::forget(const job_id& job) {
  return take(job, [](const local_copy&, const auto&) { return true; });
}

} // namespace weir
