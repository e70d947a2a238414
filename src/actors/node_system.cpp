#include "actors/node_system.hpp"

#include <caf/atom.hpp>
#include <caf/io/middleman.hpp>

namespace weir::actors {

node_system_config::node_system_config(bool networked) {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{2});
  set("logger.verbosity", caf::atom("quiet"));
  if (networked) {
    load<caf::io::middleman>();
    // Nodes do not speak BASP: see docs/decisions/0001-connector-over-brokers.md.
    set("middleman.workers", std::size_t{0});
  }
}

} // namespace weir::actors
