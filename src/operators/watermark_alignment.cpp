#include "operators/watermark_alignment.hpp"

#include <algorithm>

namespace weir {

detail::event_time watermark_alignment::report(std::string_view job, std::string_view group,
                                               const void* member, detail::event_time time) {
  std::lock_guard lock{mutex_};
  auto& members = groups_[{std::string{job}, std::string{group}}];
  members.insert_or_assign(member, time);
  detail::event_time least = detail::max_event_time;
  for (const auto& [each, at] : members)
    least = std::min(least, at);
  return least;
}

void watermark_alignment::leave(const void* member) {
  std::lock_guard lock{mutex_};
  for (auto group = groups_.begin(); group != groups_.end();) {
    group->second.erase(member);
    group = group->second.empty() ? groups_.erase(group) : std::next(group);
  }
}

} // namespace weir
