#pragma once

#include "base/ids.hpp"
#include "state/checkpoint_folders.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// A second copy of a snapshot file, on a disk of the worker that wrote it.
struct local_copy {
  /// Bytes under one hash. Small, since reading one block reads all pieces that it touches.
  static constexpr std::size_t piece_size = 256 * 1024;

  std::string original; ///< path of the checkpoint's own file
  std::string path;
  job_id job;
  snapshot_file_name name;           ///< of the original
  checkpoint_id base = 0;            ///< snapshot_handle::base
  std::uint64_t size = 0;            ///< bytes
  std::vector<std::uint64_t> hashes; ///< hash64 of each piece, the last of which may be shorter
};

using local_copy_ptr = std::shared_ptr<const local_copy>;

/// Which copies a worker has, and which of them nobody will begin from any more.
///
/// A task begins from the newest complete checkpoint of its job, so a copy is of use as long as it belongs to
/// that one, to one that may still become complete, or to the chain of changes of either. What a call takes
/// out is returned, for its file to be removed.
///
/// Not thread-safe.
class local_copy_index {
public:
  using copies = std::vector<local_copy_ptr>;

  void add(local_copy_ptr copy);

  /// The copy of that file, or nullptr.
  [[nodiscard]] local_copy_ptr find(const std::string& original) const;

  /// Nobody has heard of the file.
  copies discard(const std::string& original);

  /// Takes out what is neither of this checkpoint nor of a later one, nor in the chain of one that is.
  copies on_completed(const job_id& job, checkpoint_id checkpoint);

  copies on_aborted(const job_id& job, checkpoint_id checkpoint);

  /// Tasks begin from that checkpoint, 0 for none: of later ones nothing has come.
  copies on_restored(const job_id& job, checkpoint_id checkpoint);

  copies forget(const job_id& job);

  [[nodiscard]] bool knows(const job_id& job) const { return jobs_.contains(job); }

private:
  struct place {
    std::uint32_t vertex = 0;
    std::uint32_t subtask = 0;
    auto operator<=>(const place&) const = default;
  };
  using history = std::multimap<checkpoint_id, local_copy_ptr>; ///< of one subtask

  template <class IsDue>
  copies take(const job_id& job, IsDue is_due);

  std::map<job_id, std::map<place, history>> jobs_;
  std::map<std::string, local_copy_ptr> by_original_;
};

} // namespace weir
