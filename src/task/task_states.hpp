#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "dataflow/job_graph.hpp"
#include "state/leveldb_database.hpp"
#include "state/leveldb_settings.hpp"
#include "state/operator_state_registry.hpp"

#include <weir/state_backend.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace weir {

/// Where the operators of a task keep their state.
struct state_settings {
  state_backend backend = state_backend::hashmap;
  leveldb_settings leveldb;
  /// Bytes of managed memory for the keyed state of each operator, with the leveldb backend.
  std::uint64_t memory_per_operator = 0;
};

/// Makes the states of the operators of one task or more, with the databases behind them; outlives them.
class task_states {
public:
  task_states(platform& system, state_settings settings)
      : platform_{system}, settings_{std::move(settings)} {}

  /// The states of one operator. With the leveldb backend its database comes with its first keyed state.
  result<std::unique_ptr<operator_state_registry>> make(operator_subtask who,
                                                        std::vector<snapshot_chain> chains = {});

private:
  leveldb_database& make_database(const result<leveldb_memory>& memory);

  platform& platform_;
  state_settings settings_;
  std::vector<std::unique_ptr<leveldb_database>> databases_;
};

/// How many operators of a slot-sharing group may have keyed state: they share the managed memory of a slot.
/// At least 1.
std::uint64_t keyed_operators(const job_graph& graph, const std::string& slot_sharing_group);

} // namespace weir
