#include "rest/worker_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

constexpr std::uint64_t megabyte = 1024 * 1024;

json resource_json(const resource_profile& profile) {
  return {{"cpuCores", static_cast<double>(profile.cpu_millis) / 1000.0},
          {"taskHeapMemory", 0},
          {"taskOffHeapMemory", 0},
          {"managedMemory", profile.managed_memory / megabyte},
          {"networkMemory", profile.network_memory / megabyte},
          {"extendedResources", json::object()}};
}

resource_profile sum(std::span<const slot_status> slots, bool only_free) {
  resource_profile total;
  for (const slot_status& slot : slots) {
    if (only_free && !slot.free)
      continue;
    total.cpu_millis += slot.profile.cpu_millis;
    total.managed_memory += slot.profile.managed_memory;
    total.network_memory += slot.profile.network_memory;
  }
  return total;
}

std::int64_t free_slots(const worker_status& worker) {
  return std::ranges::count(worker.slots, true, &slot_status::free);
}

/// A JVM's memory pools, of which a native process has but one: its resident memory.
json process_metrics_json(const worker_status& worker) {
  resource_profile total = sum(worker.slots, false);
  std::uint64_t used = worker.network_memory_used;
  std::uint64_t available = total.network_memory > used ? total.network_memory - used : 0;
  return {{"heapUsed", worker.resident_memory},
          {"heapCommitted", worker.resident_memory},
          {"heapMax", worker.physical_memory},
          {"nonHeapUsed", 0},
          {"nonHeapCommitted", 0},
          {"nonHeapMax", 0},
          {"directCount", 0},
          {"directUsed", 0},
          {"directMax", 0},
          {"mappedCount", 0},
          {"mappedUsed", 0},
          {"mappedMax", 0},
          {"memorySegmentsAvailable", 0},
          {"memorySegmentsTotal", 0},
          {"nettyShuffleMemorySegmentsAvailable", 0},
          {"nettyShuffleMemorySegmentsUsed", 0},
          {"nettyShuffleMemorySegmentsTotal", 0},
          {"nettyShuffleMemoryAvailable", available},
          {"nettyShuffleMemoryUsed", used},
          {"nettyShuffleMemoryTotal", total.network_memory},
          {"garbageCollectors", json::array()}};
}

} // namespace

json worker_json(const worker_status& worker) {
  resource_profile total = sum(worker.slots, false);
  std::uint64_t physical_free =
      worker.physical_memory > worker.resident_memory ? worker.physical_memory - worker.resident_memory : 0;
  std::uint64_t budget = total.managed_memory + total.network_memory;
  return {{"id", worker.id},
          {"path", to_string(worker.data_address)},
          {"dataPort", worker.data_address.port},
          {"jmxPort", -1},
          {"timeSinceLastHeartbeat", worker.last_heartbeat_wall_ms},
          {"slotsNumber", worker.slots.size()},
          {"freeSlots", free_slots(worker)},
          {"totalResource", resource_json(total)},
          {"freeResource", resource_json(sum(worker.slots, true))},
          {"hardware",
           {{"cpuCores", worker.cpu_cores},
            {"physicalMemory", worker.physical_memory},
            {"freeMemory", physical_free},
            {"managedMemory", total.managed_memory}}},
          {"memoryConfiguration",
           {{"frameworkHeap", 0},
            {"taskHeap", 0},
            {"frameworkOffHeap", 0},
            {"taskOffHeap", 0},
            {"networkMemory", total.network_memory},
            {"managedMemory", total.managed_memory},
            {"jvmMetaspace", 0},
            {"jvmOverhead", 0},
            {"totalFlinkMemory", budget},
            {"totalProcessMemory", budget}}},
          {"processId", worker.process_id},
          {"residentMemory", worker.resident_memory},
          {"networkMemoryUsed", worker.network_memory_used},
          {"session", to_string(worker.session)}};
}

json worker_details_json(const worker_status& worker) {
  json object = worker_json(worker);
  json allocated = json::array();
  json slots = json::array();
  for (const slot_status& slot : worker.slots) {
    json entry{{"index", slot.index}, {"free", slot.free}, {"resource", resource_json(slot.profile)}};
    if (!slot.free) {
      entry["jobId"] = to_string(slot.job);
      entry["allocation"] = to_string(slot.allocation);
      allocated.push_back({{"jobId", to_string(slot.job)},
                           {"resource", resource_json(slot.profile)},
                           {"assignedTasks", json::array()},
                           {"index", slot.index}});
    }
    slots.push_back(std::move(entry));
  }
  json tasks = json::array();
  for (const task_report& task : worker.tasks)
    tasks.push_back({{"attempt-id", to_string(task.attempt)}, {"status", to_string(task.state)}});
  object["allocatedSlots"] = std::move(allocated);
  object["slots"] = std::move(slots);
  object["tasks"] = std::move(tasks);
  object["metrics"] = process_metrics_json(worker);
  return object;
}

json overview_json(std::span<const worker_status> workers, std::span<const job_summary> jobs) {
  std::size_t slots = 0;
  std::int64_t available = 0;
  for (const worker_status& worker : workers) {
    slots += worker.slots.size();
    available += free_slots(worker);
  }
  auto count = [&](job_state state) { return std::ranges::count(jobs, state, &job_summary::state); };
  auto ended = std::ranges::count_if(jobs, [](const job_summary& job) { return is_terminal(job.state); });
  return {{"taskmanagers", workers.size()},
          {"slots-total", slots},
          {"slots-available", available},
          {"jobs-running", static_cast<std::int64_t>(jobs.size()) - ended},
          {"jobs-finished", count(job_state::finished)},
          {"jobs-cancelled", count(job_state::canceled)},
          {"jobs-failed", count(job_state::failed)}};
}

} // namespace weir
