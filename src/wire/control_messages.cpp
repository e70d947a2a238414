#include "wire/control_messages.hpp"

#include <array>

namespace weir {

std::string to_string(const node_address& address) {
  // The port of an IPv6 address would be lost among its colons.
  bool colons = address.host.find(':') != std::string::npos;
  return (colons ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::string_view to_string(task_state state) {
  constexpr std::array<std::string_view, 9> names{
      "CREATED",  "SCHEDULED", "DEPLOYING", "INITIALIZING", "RUNNING",
      "FINISHED", "CANCELING", "CANCELED",  "FAILED",
  };
  return names[static_cast<std::size_t>(state)];
}

bool is_terminal(task_state state) {
  return state == task_state::finished || state == task_state::canceled || state == task_state::failed;
}

} // namespace weir
