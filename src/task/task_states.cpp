#include "task/task_states.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace weir {

result<std::unique_ptr<operator_state_registry>> task_states::make(operator_subtask who,
                                                                   std::vector<snapshot_chain> chains) {
  operator_state_registry::settings settings;
  settings.who = std::move(who);
  settings.chains = std::move(chains);
  if (settings_.backend == state_backend::leveldb) {
    // Most operators have no keyed state, and need neither database nor memory.
    auto memory = split_leveldb_memory(settings_.memory_per_operator, settings_.leveldb);
    settings.memory_budget = memory ? memory->entries : 0;
    settings.make_cold = [this, memory, database = static_cast<leveldb_database*>(nullptr),
                          states = std::uint16_t{0}](const detail::state_type&) mutable {
      if (!database)
        database = &make_database(memory);
      return database->store(++states);
    };
  }
  return operator_state_registry::make(std::move(settings));
}

leveldb_database& task_states::make_database(const result<leveldb_memory>& memory) {
  if (!memory)
    throw detail::state_error{memory.failure().message()};
  auto made = leveldb_database::create(platform_, settings_.leveldb, *memory);
  if (!made)
    throw detail::state_error{made.failure().message()};
  return *databases_.emplace_back(std::make_unique<leveldb_database>(std::move(*made)));
}

std::uint64_t keyed_operators(const job_graph& graph, const std::string& slot_sharing_group) {
  // Keyed state needs a keyed input, which is never chained.
  std::set<std::pair<std::uint32_t, std::uint32_t>> keyed;
  for (const job_edge& edge : graph.edges)
    if (edge.how == detail::partitioning::hash &&
        graph.vertices[edge.to_vertex].slot_sharing_group == slot_sharing_group)
      keyed.emplace(edge.to_vertex, edge.to_operator);
  return std::max<std::uint64_t>(keyed.size(), 1);
}

} // namespace weir
