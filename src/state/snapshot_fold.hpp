#pragma once

#include "state/snapshot_chain.hpp"
#include "state/snapshot_writer.hpp"

#include <stop_token>
#include <string>

namespace weir {

/// Writes a full snapshot of what the chain, which is not empty, comes to: it has the newest file's number
/// and states. Works key group by key group, from the newest file to the oldest, and leaves out the keys that
/// something newer has changed or removed, and entries that have expired: so it holds the keys of one group's
/// changes, of which it reads the blocks twice, and of the full snapshot only a block. Runs on any one
/// thread; see write_snapshot for `stop` and failures.
result<snapshot_report> fold_snapshots(platform& platform, const snapshot_chain& chain,
                                       const std::string& path, const snapshot_options& options,
                                       std::stop_token stop = {});

} // namespace weir
