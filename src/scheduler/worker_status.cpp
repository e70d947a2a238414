#include "scheduler/worker_status.hpp"

namespace weir {

std::string worker_name(const node_address& address, const incarnation_id& worker) {
  return to_string(address) + "-" + to_string(static_cast<const random_id&>(worker)).substr(0, 6);
}

} // namespace weir
