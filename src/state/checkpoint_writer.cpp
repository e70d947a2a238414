#include "state/checkpoint_writer.hpp"

#include "base/log.hpp"
#include "state/snapshot_writer.hpp"

#include <cassert>
#include <utility>

namespace weir {

checkpoint_writer::checkpoint_writer(platform& environment, settings with)
    : platform_{environment}, with_{std::move(with)} {}

result<snapshot_handle> checkpoint_writer::write(checkpoint_id checkpoint, snapshot_head head,
                                                 std::vector<operator_state_cut> cuts, std::stop_token stop) {
  assert(head.number == checkpoint && head.parent < checkpoint);
  snapshot_handle handle;
  handle.path = new_path(checkpoint);
  handle.base = head.parent;
  std::unique_ptr<local_copy_writer> copy;
  byte_listener listener;
  if (with_.copies && (copy = with_.copies->begin(with_.attempt.job, handle.path)))
    listener = [&copy](std::span<const char> bytes) { copy->append(bytes); };
  auto report = write_snapshot(platform_, handle.path, std::move(head), std::move(cuts), with_.snapshot,
                               std::move(stop), std::move(listener));
  if (!report) {
    // It may have its name and not be durable, or be there though the disk denied to create it.
    for (const std::string& path : {handle.path, snapshot_file_writer::temporary_path(handle.path)})
      remove(path);
    return report.failure().wrap("cannot write the snapshot for checkpoint " + std::to_string(checkpoint));
  }
  if (copy)
    copy->finish(handle.base);
  handle.size = report->size.stored;
  handle.written = report->size.raw;
  return handle;
}

void checkpoint_writer::discard(const snapshot_handle& written) {
  if (written.path.empty())
    return;
  remove(written.path);
  if (with_.copies)
    with_.copies->discard(written.path);
}

void checkpoint_writer::remove(const std::string& path) {
  if (auto removed = platform_.files().remove(path); !removed)
    log::state.warn("snapshot file not removed", {{"why", removed.failure().message()}});
}

std::string checkpoint_writer::new_path(checkpoint_id checkpoint) {
  snapshot_file_name name{with_.attempt.vertex, with_.attempt.subtask,
                          with_.attempt.epoch,  with_.attempt.number,
                          checkpoint,           platform_.random().next()};
  std::string folder = with_.incremental ? with_.folders.shared() : with_.folders.of(checkpoint);
  return folder + "/" + to_string(name);
}

} // namespace weir
