#include "connectors/text_files/input_files.hpp"

#include <algorithm>
#include <string_view>

#include <fnmatch.h>

namespace weir {

namespace {

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

std::string_view last_component(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_hidden(std::string_view name) {
  return name.starts_with('.') || name.starts_with('_');
}

/// Appends the file, or the files below the folder.
result<void> add_all(file_system& files, const file_info& entry, std::vector<file_info>& found) {
  if (!entry.is_folder) {
    found.push_back(entry);
    return {};
  }
  auto entries = files.list(entry.path);
  if (!entries)
    return entries.failure();
  for (const file_info& each : *entries) {
    if (is_hidden(last_component(each.path)))
      continue;
    if (auto added = add_all(files, each, found); !added)
      return added;
  }
  return {};
}

/// Appends what matches `pattern` from its component at `from` on, below `folder`.
result<void> match(file_system& files, const std::string& folder, std::string_view pattern,
                   std::vector<file_info>& found) {
  std::string_view component = pattern.substr(0, pattern.find('/'));
  std::string_view rest = pattern.substr(std::min(pattern.size(), component.size() + 1));
  bool is_last = component.size() == pattern.size();
  auto below = [&](std::string_view name) {
    return folder.empty()          ? std::string{name}
           : folder.ends_with('/') ? folder + std::string{name}
                                   : folder + '/' + std::string{name};
  };
  if (!has_wildcard(component)) {
    if (!is_last)
      return match(files, component.empty() ? "/" : below(component), rest, found);
    auto entry = files.info(below(component));
    if (!entry)
      return entry.failure().code() == errc::not_found ? result<void>{} : entry.failure();
    return add_all(files, *entry, found);
  }
  auto entries = files.list(folder.empty() ? "." : folder);
  if (!entries)
    return entries.failure().code() == errc::not_found ? result<void>{} : entries.failure();
  std::string wanted{component};
  for (const file_info& each : *entries) {
    std::string name{last_component(each.path)};
    if (::fnmatch(wanted.c_str(), name.c_str(), FNM_PERIOD) != 0)
      continue;
    auto matched = is_last          ? add_all(files, each, found)
                   : each.is_folder ? match(files, below(name), rest, found)
                                    : result<void>{};
    if (!matched)
      return matched;
  }
  return {};
}

} // namespace

result<std::vector<file_info>> find_input_files(file_system& files, const std::string& pattern) {
  std::vector<file_info> found;
  // A name with a '[' in it may simply exist.
  auto entry = files.info(pattern);
  if (entry) {
    if (auto added = add_all(files, *entry, found); !added)
      return added.failure().wrap("cannot read the input " + pattern);
  } else if (!has_wildcard(pattern)) {
    return entry.failure().wrap("cannot read the input " + pattern);
  } else if (auto matched = match(files, "", pattern, found); !matched) {
    return matched.failure().wrap("cannot read the input " + pattern);
  }
  if (found.empty())
    return error{errc::not_found, "the input " + pattern + (entry ? " has no files" : " matches no file")};
  std::ranges::sort(found, {}, &file_info::path);
  return found;
}

std::vector<file_range> whole(const std::vector<file_info>& files) {
  std::vector<file_range> ranges;
  for (const file_info& file : files)
    ranges.push_back({file.path, 0, file.size});
  return ranges;
}

} // namespace weir
