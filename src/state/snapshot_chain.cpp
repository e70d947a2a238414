#include "state/snapshot_chain.hpp"

#include <numeric>

namespace weir {

namespace {

error does_not_fit(const snapshot_reader& file, const std::string& why) {
  return error{errc::corrupt, "the snapshot file " + file.path() + " does not belong there: " + why};
}

/// Empty when `next` has the changes since `before`.
std::string why_not_next(const snapshot_head& before, const snapshot_head& next) {
  if (next.parent == 0)
    return "it is a full snapshot, not one of changes";
  if (next.parent != before.number)
    return "it has the changes since snapshot " + std::to_string(next.parent) + ", not since " +
           std::to_string(before.number);
  if (next.job != before.job || next.subtask != before.subtask || next.parallelism != before.parallelism ||
      next.max_parallelism != before.max_parallelism || next.first_key_group != before.first_key_group ||
      next.last_key_group != before.last_key_group)
    return "it is of another subtask than the snapshot whose changes it has";
  return {};
}

} // namespace

result<snapshot_chain> open_snapshot_chain(file_system& files, std::span<const std::string> paths,
                                           const snapshot_options& options) {
  return open_snapshot_chain([&](const std::string& path) { return files.open(path); }, paths, options);
}

result<snapshot_chain> open_snapshot_chain(const snapshot_opener& open, std::span<const std::string> paths,
                                           const snapshot_options& options) {
  snapshot_chain chain;
  for (const std::string& path : paths) {
    auto bytes = open(path);
    if (!bytes)
      return bytes.failure();
    auto file = snapshot_reader::open(std::move(*bytes), path, options);
    if (!file)
      return file.failure();
    if (chain.empty() && !(*file)->is_full())
      return does_not_fit(**file,
                          "it has only the changes since snapshot " + std::to_string((*file)->head().parent));
    if (!chain.empty())
      if (std::string why = why_not_next(chain.back()->head(), (*file)->head()); !why.empty())
        return does_not_fit(**file, why);
    chain.push_back(std::move(*file));
  }
  return chain;
}

bool should_fold(std::span<const std::uint64_t> sizes, const snapshot_fold_limits& limits) {
  if (sizes.size() < 2)
    return false;
  auto changes = sizes.subspan(1);
  auto sum = std::accumulate(changes.begin(), changes.end(), std::uint64_t{0});
  return changes.size() > limits.length ||
         static_cast<double>(sum) > limits.ratio * static_cast<double>(sizes[0]);
}

} // namespace weir
