#pragma once

#include "base/ids.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

struct slot_status {
  std::uint32_t index = 0;
  resource_profile profile;
  bool free = true;
  allocation_id allocation;
  job_id job;
};

/// A registered worker, for people: no decision rests on it.
struct worker_status {
  std::string id; ///< worker_name()
  session_id session;
  node_address data_address;
  std::uint32_t cpu_cores = 0;
  std::uint64_t physical_memory = 0;
  std::int64_t process_id = 0;
  std::uint64_t resident_memory = 0;
  std::uint64_t network_memory_used = 0;
  std::int64_t last_heartbeat_wall_ms = 0;
  std::vector<slot_status> slots;
  std::vector<task_report> tasks; ///< as of the last heartbeat
};

/// "host:port-<first six digits of the incarnation>", by which people know a worker.
std::string worker_name(const node_address& address, const incarnation_id& worker);

} // namespace weir
