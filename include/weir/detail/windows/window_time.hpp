#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/type_name.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::detail {

enum class window_clock : std::uint8_t {
  event,
  processing,
};

/// `time + by`, at most max_event_time.
inline event_time later(event_time time, std::int64_t by) {
  return time > max_event_time - by ? max_event_time : time + by;
}

[[noreturn]] inline void throw_no_event_time() {
  throw std::invalid_argument{"its records have no event time, which its windows need: give them one with "
                              "assign_timestamps, or use windows of processing time"};
}

/// How far time has come, kept over failures: what was late before is late afterwards, and what was given is
/// not given again.
class kept_time {
public:
  explicit kept_time(event_time& now) : now_{now} {}

  /// Makes it known as a state of the operator, and takes what a snapshot has: the least of all subtasks.
  void open(operator_states& states, const std::string& name) {
    state_type type;
    type.name = name;
    type.kind = state_kind::operator_union_list;
    type.value = type_name<event_time>();
    bool first = true;
    for (const std::string& element : states.add_elements(type, this, &collect)) {
      event_time time = min_event_time;
      if (element.size() != sizeof time)
        throw std::invalid_argument{"state '" + name + "' of the snapshot is no time"};
      std::memcpy(&time, element.data(), sizeof time);
      now_ = first ? time : std::min(now_, time);
      first = false;
    }
  }

private:
  static void collect(void* of, std::vector<std::string>& to) {
    event_time time = static_cast<kept_time*>(of)->now_;
    to.emplace_back(reinterpret_cast<const char*>(&time), sizeof time);
  }

  event_time& now_;
};

} // namespace weir::detail
