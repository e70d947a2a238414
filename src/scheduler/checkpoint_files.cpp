#include "scheduler/checkpoint_files.hpp"

#include <cassert>
#include <utility>

namespace weir {

namespace {

template <class Visit>
void each_file(const completed_checkpoint& checkpoint, Visit visit) {
  for (const completed_vertex& vertex : checkpoint.vertices)
    for (const completed_subtask& subtask : vertex.subtasks)
      for (const snapshot_handle& file : subtask.chain)
        visit(file.path);
}

} // namespace

void checkpoint_files::hold(const std::string& path) {
  ++held_[path];
  unneeded_.erase(path);
}

void checkpoint_files::hold(const completed_checkpoint& checkpoint) {
  each_file(checkpoint, [&](const std::string& path) { hold(path); });
}

void checkpoint_files::release(const std::string& path) {
  auto held = held_.find(path);
  assert(held != held_.end());
  if (--held->second > 0)
    return;
  held_.erase(held);
  if (!borrowed_.contains(path))
    unneeded_.insert(path);
}

void checkpoint_files::release(const completed_checkpoint& checkpoint) {
  each_file(checkpoint, [&](const std::string& path) { release(path); });
}

void checkpoint_files::borrow(const completed_checkpoint& checkpoint) {
  each_file(checkpoint, [&](const std::string& path) { borrowed_.insert(path); });
}

std::set<std::string> checkpoint_files::held() const {
  std::set<std::string> paths;
  for (const auto& [path, holders] : held_)
    paths.insert(path);
  return paths;
}

std::vector<std::string> checkpoint_files::take_unneeded() {
  std::set<std::string> taken = std::exchange(unneeded_, {});
  return {taken.begin(), taken.end()};
}

} // namespace weir
