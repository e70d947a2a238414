#include "scheduler/recovered_checkpoints.hpp"

namespace weir {

std::string unreadable_checkpoint::advice() const {
  return "the newest checkpoint of the job cannot be read: " + why + "; restore " + path +
         " from a copy, or remove it to go on from the one before it, after which sinks may write again what "
         "they have committed since";
}

bool recovered_checkpoints::lack_newest() const {
  return !unreadable.empty() && (completed.empty() || unreadable.back().id > completed.back().checkpoint.id);
}

} // namespace weir
