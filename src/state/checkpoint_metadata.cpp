#include "state/checkpoint_metadata.hpp"

#include "state/checkpoint_folders.hpp"
#include "wire/checkpoint_codec.hpp"

namespace weir {

result<completed_checkpoint> read_checkpoint(file_system& files, const std::string& path) {
  std::string file = path;
  while (file.size() > 1 && file.ends_with('/'))
    file.pop_back();
  if (name_of(file) != checkpoint_metadata_name)
    file += "/" + std::string{checkpoint_metadata_name};
  std::string folder = folder_of(file);
  auto number = read_checkpoint_folder_name(name_of(folder));
  auto bytes = files.read_all(file, checkpoint_metadata_size_max);
  if (!bytes)
    return bytes.failure().wrap("cannot read the checkpoint in " + folder);
  auto checkpoint = decode_checkpoint(*bytes, file, number ? folder_of(folder) : folder);
  if (checkpoint && number && checkpoint->id != *number)
    return damaged(checkpoint_format, file, sealed_prefix_size,
                   "it is of checkpoint " + std::to_string(checkpoint->id));
  return checkpoint;
}

result<void> check_snapshot_files(file_system& files, const completed_checkpoint& checkpoint) {
  auto missing = [&](const completed_vertex& vertex, std::size_t subtask, const std::string& why) {
    return error{errc::corrupt, "checkpoint " + std::to_string(checkpoint.id) + " cannot be restored: of " +
                                    vertex.name + " (" + std::to_string(subtask + 1) + "/" +
                                    std::to_string(vertex.subtasks.size()) + ") " + why};
  };
  for (const completed_vertex& vertex : checkpoint.vertices)
    for (std::size_t i = 0; i < vertex.subtasks.size(); ++i)
      for (const snapshot_handle& file : vertex.subtasks[i].chain) {
        auto found = files.info(file.path);
        if (!found && found.failure().code() == errc::not_found)
          return missing(vertex, i, "the snapshot file " + file.path + " is missing");
        if (!found)
          return found.failure();
        if (found->is_folder || found->size != file.size)
          return missing(vertex, i,
                         "the snapshot file " + file.path + " has " + std::to_string(found->size) +
                             " bytes and not " + std::to_string(file.size));
      }
  return {};
}

} // namespace weir
