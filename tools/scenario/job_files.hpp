#pragma once

#include "base/platform.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What a job has left on disk, as anyone can see it who knows the layout of the folders.
namespace weir::scenario {

/// All complete lines of the committed parts in an output folder; a missing folder has none.
std::vector<std::string> committed_lines(file_system& files, const std::string& folder);

struct checkpoints_on_disk {
  std::uint64_t newest = 0; ///< complete; 0: none is
  bool is_one_under_way = false;
};

/// Looks at the folder of a job's checkpoints.
checkpoints_on_disk look_at_checkpoints(file_system& files, const std::string& folder);

/// What nobody will ever read below a folder: files that are no committed part and in no complete checkpoint,
/// and whatever has a name that begins with a dot.
std::vector<std::string> orphans_in(file_system& files, const std::string& folder);

} // namespace weir::scenario
