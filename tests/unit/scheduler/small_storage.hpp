#pragma once

#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// What one sink prepared for one checkpoint: from each source the records from `first` up to `second`.
struct small_transaction {
  attempt_id by;
  checkpoint_id checkpoint = 0;
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> records;

  [[nodiscard]] std::pair<attempt_id, checkpoint_id> name() const { return {by, checkpoint}; }
};

/// The state of a small_task, as it is in a snapshot.
struct small_state {
  std::uint64_t position = 0;                   ///< of a source: records emitted
  std::map<std::uint32_t, std::uint64_t> read;  ///< of a sink: records read from each source
  std::vector<small_transaction> prepared = {}; ///< of a sink: not yet known to be committed
};

/// What of one job outlives all processes: its counter, its checkpoints, and what its sinks put out. Notes
/// whatever breaks the promise of exactly once.
class small_storage {
public:
  // Checkpoints.

  checkpoint_id counter = 0;
  std::map<checkpoint_id, completed_checkpoint> metadata;
  std::map<std::string, std::pair<small_state, attempt_id>> files;
  bool closed = false; ///< the job has ended: its folder is gone

  void store(const completed_checkpoint& checkpoint);
  void remove(const std::vector<std::string>& paths);
  /// Returns how many files went.
  std::size_t sweep(const std::vector<attempt_id>& present, const std::set<std::string>& needed);
  void close();
  [[nodiscard]] checkpoint_id newest() const { return metadata.empty() ? 0 : metadata.rbegin()->first; }

  // The output.

  /// False: a later attempt has taken over.
  bool prepare(const small_transaction& transaction);
  bool commit(const attempt_id& by, const small_transaction& transaction);
  /// An attempt begins with these: they are committed, and all else that was prepared before is aborted.
  bool take_over(const attempt_id& by, const std::vector<small_transaction>& restored);

  std::map<std::uint32_t, std::uint64_t> committed; ///< records of each source that are out
  std::map<std::pair<attempt_id, checkpoint_id>, small_transaction> prepared;

  std::string wrong; ///< empty: nothing

private:
  void check_metadata();
  [[nodiscard]] bool is_fenced(const attempt_id& attempt) const;

  std::set<std::pair<attempt_id, checkpoint_id>> names_committed_;
  std::map<std::uint32_t, std::pair<leader_epoch, std::uint32_t>> fences_; ///< by subtask of the sink
};

} // namespace weir
