#include "small_storage.hpp"

#include <algorithm>

namespace weir {

namespace {

std::string named(const small_transaction& transaction) {
  return "transaction " + std::to_string(transaction.checkpoint) + " of " + to_string(transaction.by);
}

/// Epoch and number: which of two attempts of a subtask is the later one.
std::pair<leader_epoch, std::uint32_t> age(const attempt_id& attempt) {
  return {attempt.epoch, attempt.number};
}

} // namespace

void small_storage::store(const completed_checkpoint& checkpoint) {
  if (newest() >= checkpoint.id)
    wrong +=
        "checkpoint " + std::to_string(checkpoint.id) + " is stored after " + std::to_string(newest()) + "\n";
  metadata[checkpoint.id] = checkpoint;
  check_metadata();
}

void small_storage::remove(const std::vector<std::string>& paths) {
  for (const std::string& path : paths)
    files.erase(path);
  check_metadata();
}

std::size_t small_storage::sweep(const std::vector<attempt_id>& present,
                                 const std::set<std::string>& needed) {
  auto gone = std::erase_if(files, [&](const auto& file) {
    const attempt_id& by = file.second.second;
    auto now = std::ranges::find_if(present, [&](const attempt_id& each) {
      return each.vertex == by.vertex && each.subtask == by.subtask;
    });
    return now != present.end() && age(by) < age(*now) && !needed.contains(file.first);
  });
  check_metadata();
  return gone;
}

void small_storage::close() {
  closed = true;
  metadata.clear();
  files.clear();
}

/// What metadata names is there, the full snapshot first and each other one with the changes since the one
/// before.
void small_storage::check_metadata() {
  for (const auto& [id, checkpoint] : metadata)
    for (const completed_vertex& vertex : checkpoint.vertices)
      for (const completed_subtask& subtask : vertex.subtasks)
        for (std::size_t i = 0; i < subtask.chain.size(); ++i) {
          const snapshot_handle& file = subtask.chain[i];
          if (!files.contains(file.path))
            wrong += "checkpoint " + std::to_string(id) + " needs " + file.path + ", which is gone\n";
          if ((i == 0) != (file.base == 0))
            wrong += "checkpoint " + std::to_string(id) +
                     " has a chain that does not begin with a full snapshot\n";
        }
}

bool small_storage::is_fenced(const attempt_id& attempt) const {
  auto fence = fences_.find(attempt.subtask);
  return fence != fences_.end() && age(attempt) < fence->second;
}

bool small_storage::prepare(const small_transaction& transaction) {
  if (is_fenced(transaction.by))
    return false;
  prepared.emplace(transaction.name(), transaction);
  return true;
}

bool small_storage::commit(const attempt_id& by, const small_transaction& transaction) {
  if (is_fenced(by))
    return false;
  if (names_committed_.contains(transaction.name()))
    return true;
  if (prepared.erase(transaction.name()) == 0) {
    wrong += named(transaction) + " is lost\n";
    return true;
  }
  names_committed_.insert(transaction.name());
  for (const auto& [source, range] : transaction.records) {
    std::uint64_t& out = committed[source];
    if (range.first != out)
      wrong += named(transaction) + " begins with record " + std::to_string(range.first) + " of source " +
               std::to_string(source) + ", of which " + std::to_string(out) + " are out\n";
    out = range.second;
  }
  return true;
}

bool small_storage::take_over(const attempt_id& by, const std::vector<small_transaction>& restored) {
  if (is_fenced(by))
    return false;
  fences_[by.subtask] = age(by);
  for (const small_transaction& each : restored)
    commit(by, each);
  std::erase_if(prepared, [&](const auto& each) {
    return each.first.first.subtask == by.subtask && age(each.first.first) < age(by);
  });
  return true;
}

} // namespace weir
