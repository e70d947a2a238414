#include "simulation/checkpoint_damage.hpp"

#include <algorithm>
#include <utility>

namespace weir::simulation {

bool checkpoint_damage::begin() {
  checkpoint_id newest = 0;
  if (auto entries = disk_.list(folders_.job()))
    for (const file_info& entry : *entries)
      if (auto id = read_checkpoint_folder_name(name_of(entry.path));
          id && disk_.info(folders_.metadata(*id)))
        newest = std::max(newest, *id);
  if (newest == 0)
    return false;
  std::string path = folders_.metadata(newest);
  std::string content = disk_.content(path);
  std::string damaged = content;
  damaged[damaged.size() / 2] ^= 1;
  disk_.set_content(path, damaged);
  damaged_ = file{std::move(path), std::move(content), std::move(damaged)};
  all_.insert(newest);
  return true;
}

void checkpoint_damage::end() {
  auto what = std::exchange(damaged_, std::nullopt);
  if (what && disk_.info(what->path) && disk_.content(what->path) == what->damaged)
    disk_.set_content(what->path, what->content);
}

} // namespace weir::simulation
