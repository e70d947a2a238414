#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// The files that `pattern` names, in name order: a file, a folder (its files and those of its folders; names
/// that begin with '.' or '_' are left out) or a glob with *, ? and [] in any component. Finding nothing is
/// an error.
result<std::vector<file_info>> find_input_files(file_system& files, const std::string& pattern);

/// A share of a file: the lines that begin in [begin, end).
struct file_range {
  std::string path;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool operator==(const file_range&) const = default;
};

/// All of each file.
std::vector<file_range> whole(const std::vector<file_info>& files);

} // namespace weir
