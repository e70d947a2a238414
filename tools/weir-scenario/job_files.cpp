#include "job_files.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

namespace weir::scenario {

namespace {

namespace fs = std::filesystem;

/// The entries of a folder that may change or vanish meanwhile.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code gone;
  for (fs::directory_iterator entry{folder, gone}, end; !gone && entry != end; entry.increment(gone))
    found.push_back(entry->path());
  std::ranges::sort(found);
  return found;
}

bool is_there(const fs::path& path) {
  std::error_code gone;
  return fs::exists(path, gone);
}

bool is_folder(const fs::path& path) {
  std::error_code gone;
  return fs::is_directory(fs::symlink_status(path, gone));
}

std::string name_of(const fs::path& path) {
  return path.filename().string();
}

std::optional<std::uint64_t> checkpoint_of(const fs::path& folder) {
  std::string name = name_of(folder);
  std::uint64_t id = 0;
  if (!name.starts_with("chk-"))
    return std::nullopt;
  auto [end, wrong] = std::from_chars(name.data() + 4, name.data() + name.size(), id);
  return wrong == std::errc{} && end == name.data() + name.size() ? std::optional{id} : std::nullopt;
}

void add_orphans(const fs::path& folder, std::vector<std::string>& found) {
  auto entries = entries_of(folder);
  bool has_checkpoints =
      std::ranges::any_of(entries, [](const fs::path& each) { return is_there(each / "_metadata"); });
  for (const fs::path& each : entries) {
    std::string name = name_of(each);
    bool is_named_by_checkpoints = name == "shared" || name == "taskowned" || name.starts_with(".");
    if (is_there(each / "_metadata") || (has_checkpoints && is_named_by_checkpoints))
      continue;
    if (name.starts_with(".") || (!is_folder(each) && !name.starts_with("part-")))
      found.push_back(each.string());
    else if (is_folder(each))
      add_orphans(each, found);
  }
}

} // namespace

std::vector<std::string> committed_lines(const fs::path& folder) {
  std::vector<std::string> lines;
  for (const fs::path& each : entries_of(folder)) {
    if (!name_of(each).starts_with("part-"))
      continue;
    std::ifstream file{each};
    for (std::string line; std::getline(file, line);)
      lines.push_back(line);
  }
  return lines;
}

checkpoints_on_disk look_at_checkpoints(const fs::path& folder) {
  checkpoints_on_disk seen;
  std::uint64_t begun = 0;
  for (const fs::path& each : entries_of(folder)) {
    if (auto id = checkpoint_of(each)) {
      begun = std::max(begun, *id);
      if (is_there(each / "_metadata"))
        seen.newest = std::max(seen.newest, *id);
    }
  }
  seen.is_one_under_way = begun > seen.newest;
  return seen;
}

std::vector<std::string> orphans_in(const fs::path& folder) {
  std::vector<std::string> found;
  add_orphans(folder, found);
  return found;
}

} // namespace weir::scenario
