#include "file_faults.hpp"

#include <algorithm>

#include <fnmatch.h>

namespace weir::scenario {

namespace {

constexpr std::uint64_t bytes_max = 256ull << 20;

void add_matches(file_system& files, const std::string& folder, std::string_view pattern,
                 std::vector<std::string>& found) {
  auto slash = std::min(pattern.find('/'), pattern.size());
  auto names = std::string{pattern.substr(0, slash)};
  auto below = pattern.substr(std::min(slash + 1, pattern.size()));
  if (names.empty())
    return add_matches(files, folder, below, found);
  std::vector<std::string> entries;
  if (auto literal = folder + '/' + names; names.find('*') != std::string::npos) {
    if (auto listed = files.list(folder.empty() ? "/" : folder))
      for (const file_info& each : *listed)
        if (auto name = std::string{name_of(each.path)}; matches(names, name))
          entries.push_back(folder + '/' + name);
  } else if (files.info(literal)) {
    entries.push_back(literal);
  }
  for (const std::string& each : entries) {
    if (below.empty())
      found.push_back(each);
    else
      add_matches(files, each, below, found);
  }
}

} // namespace

bool matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

std::vector<std::string> matching_files(file_system& files, const std::string& pattern) {
  std::vector<std::string> found;
  add_matches(files, "", pattern, found);
  return found;
}

result<void> break_one_file(file_system& files, const std::string& path, file_fault how,
                            std::uint64_t position) {
  if (how == file_fault::remove)
    return files.remove(path);
  auto content = files.read_all(path, bytes_max);
  if (!content)
    return content.failure();
  if (position >= content->size())
    return error{errc::invalid_argument, path + " has only " + std::to_string(content->size()) + " bytes"};
  if (how == file_fault::truncate)
    content->resize(position);
  else
    (*content)[position] = static_cast<char>(~(*content)[position]);
  return files.write_atomically(path, *content);
}

result<void> write_whole_file(file_system& files, const std::string& path, const std::string& text) {
  if (auto made = files.create_folders(folder_of(path)); !made)
    return made;
  return files.write_atomically(path, text + '\n');
}

} // namespace weir::scenario
