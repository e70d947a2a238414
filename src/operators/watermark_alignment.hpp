#pragma once

#include <weir/detail/operator.hpp>

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// How far the members of each alignment group are: what the tasks of one process tell each other. From any
/// thread.
class watermark_alignment {
public:
  /// Notes the time of a member, which joins with its first report, and returns the least of the group.
  detail::event_time report(std::string_view job, std::string_view group, const void* member,
                            detail::event_time time);

  /// Leaves all groups.
  void leave(const void* member);

private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::map<const void*, detail::event_time>> groups_;
};

} // namespace weir
