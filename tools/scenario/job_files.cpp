#include "job_files.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

namespace weir::scenario {

namespace {

/// The entries of a folder that may change or vanish meanwhile.
std::vector<file_info> entries_of(file_system& files, const std::string& folder) {
  auto listed = files.list(folder);
  return listed ? *std::move(listed) : std::vector<file_info>{};
}

bool has_metadata(file_system& files, const std::string& folder) {
  return files.info(folder + "/_metadata").has_value();
}

std::optional<std::uint64_t> checkpoint_of(const std::string& folder) {
  std::string_view name = name_of(folder);
  std::uint64_t id = 0;
  if (!name.starts_with("chk-"))
    return std::nullopt;
  auto [end, wrong] = std::from_chars(name.data() + 4, name.data() + name.size(), id);
  return wrong == std::errc{} && end == name.data() + name.size() ? std::optional{id} : std::nullopt;
}

void add_orphans(file_system& files, const std::string& folder, std::vector<std::string>& found) {
  auto entries = entries_of(files, folder);
  bool has_checkpoints =
      std::ranges::any_of(entries, [&](const file_info& each) { return has_metadata(files, each.path); });
  for (const file_info& each : entries) {
    std::string_view name = name_of(each.path);
    bool is_named_by_checkpoints = name == "shared" || name == "taskowned" || name.starts_with(".");
    if (has_metadata(files, each.path) || (has_checkpoints && is_named_by_checkpoints))
      continue;
    if (name.starts_with(".") || (!each.is_folder && !name.starts_with("part-")))
      found.push_back(each.path);
    else if (each.is_folder)
      add_orphans(files, each.path, found);
  }
}

} // namespace

std::vector<std::string> committed_lines(file_system& files, const std::string& folder) {
  constexpr std::uint64_t bytes_max = 1ull << 30;
  std::vector<std::string> lines;
  for (const file_info& each : entries_of(files, folder)) {
    if (!name_of(each.path).starts_with("part-"))
      continue;
    auto content = files.read_all(each.path, bytes_max);
    std::istringstream read{content ? *content : std::string{}};
    for (std::string line; std::getline(read, line);)
      lines.push_back(line);
  }
  return lines;
}

checkpoints_on_disk look_at_checkpoints(file_system& files, const std::string& folder) {
  checkpoints_on_disk seen;
  std::uint64_t begun = 0;
  for (const file_info& each : entries_of(files, folder)) {
    if (auto id = checkpoint_of(each.path)) {
      begun = std::max(begun, *id);
      if (has_metadata(files, each.path))
        seen.newest = std::max(seen.newest, *id);
    }
  }
  seen.is_one_under_way = begun > seen.newest;
  return seen;
}

std::vector<std::string> orphans_in(file_system& files, const std::string& folder) {
  std::vector<std::string> found;
  add_orphans(files, folder, found);
  return found;
}

} // namespace weir::scenario
