#include "scheduler/slot_sharing.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <string>

namespace weir {

slot_sharing::slot_sharing(const job_graph& graph) {
  std::vector<std::string> groups; // in the order in which the graph names them
  std::map<std::string, std::uint32_t> width;
  for (const job_vertex& vertex : graph.vertices) {
    auto [group, is_new] = width.emplace(vertex.slot_sharing_group, 0);
    if (is_new)
      groups.push_back(vertex.slot_sharing_group);
    group->second = std::max(group->second, vertex.parallelism);
  }
  std::map<std::string, std::uint32_t> first;
  std::uint32_t slots = 0;
  for (const std::string& group : groups) {
    first[group] = slots;
    slots += width[group];
  }
  subtasks_in_.resize(slots);
  for (const job_vertex& vertex : graph.vertices) {
    first_slot_.push_back(first[vertex.slot_sharing_group]);
    for (std::uint32_t i = 0; i < vertex.parallelism; ++i)
      ++subtasks_in_[first_slot_.back() + i];
  }
}

std::map<std::uint32_t, slot_grant>
slot_sharing::distribute(const std::vector<slot_grant>& real, const std::vector<std::uint32_t>& empty,
                         const std::map<std::uint32_t, slot_grant>& taken,
                         const std::map<std::uint32_t, incarnation_id>& wished) const {
  assert(real.size() == empty.size());
  struct worker_load {
    std::vector<const slot_grant*> left;
    std::uint32_t subtasks = 0;
  };
  std::map<session_id, worker_load> workers;
  for (const slot_grant& grant : real)
    workers[grant.session].left.push_back(&grant);
  for (const auto& [slot, grant] : taken)
    if (auto worker = workers.find(grant.session); worker != workers.end())
      worker->second.subtasks += subtasks_in_[slot];

  std::vector<std::uint32_t> order = empty;
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::uint32_t slot) { return subtasks_in_[slot]; });

  std::map<std::uint32_t, slot_grant> result;
  auto place = [&](std::uint32_t slot, worker_load& on) {
    on.subtasks += subtasks_in_[slot];
    result.emplace(slot, *on.left.front());
    on.left.erase(on.left.begin());
  };
  std::erase_if(order, [&](std::uint32_t slot) {
    auto wish = wished.find(slot);
    if (wish == wished.end())
      return false;
    auto worker = std::ranges::find_if(workers, [&](const auto& each) {
      return each.first.worker == wish->second && !each.second.left.empty();
    });
    if (worker == workers.end())
      return false;
    place(slot, worker->second);
    return true;
  });
  for (std::uint32_t slot : order) {
    worker_load* best = nullptr;
    for (auto& [session, worker] : workers) {
      if (worker.left.empty())
        continue;
      bool better = best == nullptr || worker.subtasks < best->subtasks ||
                    (worker.subtasks == best->subtasks && worker.left.size() > best->left.size());
      if (better)
        best = &worker;
    }
    place(slot, *best);
  }
  return result;
}

} // namespace weir
