#include "simulation/output_watch.hpp"

#include "simulation/client.hpp"
#include "state/checkpoint_folders.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace weir::simulation {

namespace {

/// "part-1-7" behind the prefix.
std::optional<std::pair<std::uint32_t, std::uint64_t>> read_part(std::string_view name,
                                                                 std::string_view prefix) {
  if (!name.starts_with(prefix))
    return std::nullopt;
  std::string numbers{name.substr(prefix.size())};
  unsigned subtask = 0;
  unsigned long long number = 0;
  if (std::sscanf(numbers.c_str(), "%u-%llu", &subtask, &number) != 2)
    return std::nullopt;
  return std::pair<std::uint32_t, std::uint64_t>{subtask, number};
}

/// The attempt in ".pending-<job>-<subtask>-<attempt>".
std::optional<std::uint64_t> read_attempt(std::string_view name) {
  if (!name.starts_with(".pending-") && !name.starts_with(".fenced-"))
    return std::nullopt;
  return std::stoull(std::string{name.substr(name.rfind('-') + 1)});
}

/// As the sink is told it (operators/chain_context.hpp).
std::uint64_t attempt_of(const snapshot_file_name& name) {
  return (name.epoch.value << 20) + name.attempt;
}

/// Who wrote the snapshots of the sinks for this checkpoint, by subtask. Those whose subtask had finished
/// have nothing to commit.
std::map<std::uint32_t, std::uint64_t> writers_of(const completed_checkpoint& checkpoint) {
  std::map<std::uint32_t, std::uint64_t> writers;
  const completed_vertex& sinks = checkpoint.vertices.back();
  for (std::uint32_t subtask = 0; subtask < sinks.subtasks.size(); ++subtask)
    if (const auto& chain = sinks.subtasks[subtask].chain; !chain.empty())
      if (auto name = read_snapshot_file_name(name_of(chain.back().path));
          name && name->checkpoint == checkpoint.id)
        writers.emplace(subtask, attempt_of(*name));
  return writers;
}

} // namespace

std::string output_watch::look() {
  auto entries = disk_.list(folder_);
  if (!entries)
    return {};
  std::set<part> there;
  for (const file_info& entry : *entries)
    if (auto attempt = read_attempt(name_of(entry.path)))
      look_at_writer(entry.path, *attempt, there);
  std::swap(there, uncommitted_);
  for (const file_info& entry : *entries)
    if (auto name = read_part(name_of(entry.path), "part-"); name && committed_.insert(*name).second)
      if (std::string wrong = look_at_committed(entry.path, *name); !wrong.empty())
        return wrong;
  return {};
}

void output_watch::look_at_writer(const std::string& path, std::uint64_t attempt, std::set<part>& there) {
  auto entries = disk_.list(path);
  if (!entries)
    return;
  for (const file_info& entry : *entries)
    if (auto name = read_part(name_of(entry.path), ".part-")) {
      part each{name->first, name->second, attempt};
      there.insert(each);
      if (prepared_.contains(each))
        continue;
      if (std::string content = disk_.synced_content(entry.path); !content.empty())
        prepared_.emplace(each, std::move(content));
    }
}

std::string output_watch::look_at_committed(const std::string& path, part_name name) {
  const auto& contents = covered_[name];
  auto covered = contents.find(disk_.content(path));
  if (covered == contents.end())
    return path + " is committed, and no complete checkpoint has it";
  newest_committed_ = std::max(newest_committed_, covered->second);
  for (const auto& [each, content] : prepared_)
    if (each.subtask == name.first && each.number == name.second && content == covered->first)
      for (const part& other : uncommitted_)
        if (other.subtask == each.subtask && other.attempt == each.attempt && other.number < each.number &&
            covered_.contains({other.subtask, other.number}))
          return path + " is committed before part " + std::to_string(other.number) +
                 ", which the same attempt has prepared before it";
  return {};
}

void output_watch::on_completed(const completed_checkpoint& checkpoint, bool binds) {
  auto writers = writers_of(checkpoint);
  for (const auto& [each, content] : prepared_) {
    auto writer = writers.find(each.subtask);
    if (writer == writers.end() || writer->second != each.attempt)
      continue;
    auto& contents = covered_[{each.subtask, each.number}];
    if (!contents.emplace(content, checkpoint.id).second || !binds)
      continue;
    for (std::string& line : sorted_lines(content))
      owed_.insert(std::move(line));
  }
}

} // namespace weir::simulation
