#include "scheduler/completed_checkpoints.hpp"

#include <utility>

namespace weir {

void completed_checkpoints::begin_from(stored_checkpoint external) {
  files_.borrow(external.checkpoint);
  external_ = std::move(external);
}

void completed_checkpoints::add(stored_checkpoint completed) {
  external_.reset();
  files_.hold(completed.checkpoint);
  checkpoint_id id = completed.checkpoint.id;
  retained_.emplace(id, std::move(completed));
  while (retained_.size() > num_retained_) {
    auto oldest = retained_.extract(retained_.begin());
    superseded_.emplace(oldest.key(), superseded{.checkpoint = std::move(oldest.mapped().checkpoint)});
  }
}

void completed_checkpoints::add_unreadable(checkpoint_id id) {
  superseded_.emplace(id, superseded{.checkpoint = {.id = id}});
}

void completed_checkpoints::clear() {
  files_ = {};
  external_.reset();
  retained_.clear();
  superseded_.clear();
}

const stored_checkpoint* completed_checkpoints::newest() const {
  if (!retained_.empty())
    return &retained_.rbegin()->second;
  return external_ ? &*external_ : nullptr;
}

const completed_checkpoint* completed_checkpoints::newest_base() const {
  return retained_.empty() ? nullptr : &retained_.rbegin()->second.checkpoint;
}

const completed_checkpoint* completed_checkpoints::find(checkpoint_id id) const {
  if (auto found = retained_.find(id); found != retained_.end())
    return &found->second.checkpoint;
  auto found = superseded_.find(id);
  return found == superseded_.end() ? nullptr : &found->second.checkpoint;
}

std::vector<checkpoint_id> completed_checkpoints::take_superseded() {
  std::vector<checkpoint_id> due;
  for (auto& [id, each] : superseded_)
    if (each.at == removal::due) {
      each.at = removal::asked;
      due.push_back(id);
    }
  return due;
}

void completed_checkpoints::on_removal_failed(checkpoint_id id) {
  if (auto found = superseded_.find(id); found != superseded_.end())
    found->second.at = removal::due;
}

void completed_checkpoints::on_removed(checkpoint_id id) {
  if (auto found = superseded_.find(id); found != superseded_.end())
    found->second.at = removal::done;
}

bool has_long_chains(const completed_checkpoint& checkpoint, std::uint32_t length_max, double ratio_max) {
  std::uint64_t full = 0;
  std::uint64_t all = 0;
  for (const completed_vertex& vertex : checkpoint.vertices)
    for (const completed_subtask& subtask : vertex.subtasks) {
      if (subtask.chain.size() > length_max)
        return true;
      for (const snapshot_handle& file : subtask.chain) {
        all += file.size;
        full += file.base == 0 ? file.size : 0;
      }
    }
  return static_cast<double>(all - full) > ratio_max * static_cast<double>(full);
}

} // namespace weir
