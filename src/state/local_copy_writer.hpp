#pragma once

#include "base/hash.hpp"
#include "base/platform.hpp"
#include "state/local_copy_index.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace weir {

/// Writes a second copy while the first is written. It is not synced: it is of no use to another process, so
/// it need not survive a power cut. What goes wrong is logged, and there is no copy then; nobody else is to
/// care. For one thread at a time.
class local_copy_writer {
public:
  /// `what` has all but size and hashes. `keep` takes the copy when it is whole.
  local_copy_writer(file_system& files, local_copy what, std::function<void(local_copy_ptr)> keep);
  /// Without finish() nothing is left.
  ~local_copy_writer();
  local_copy_writer(const local_copy_writer&) = delete;
  local_copy_writer& operator=(const local_copy_writer&) = delete;

  void append(std::span<const char> bytes);

  /// The original is durable and has all these bytes. `base`: snapshot_handle::base.
  void finish(checkpoint_id base);

private:
  void give_up(const error& why);
  void end_piece();

  file_system& files_;
  local_copy copy_;
  std::function<void(local_copy_ptr)> keep_;
  std::unique_ptr<writable_file> file_; ///< while there is one that may become a copy
  running_hash64 hash_;
  std::size_t in_piece_ = 0; ///< bytes under hash_
};

} // namespace weir
