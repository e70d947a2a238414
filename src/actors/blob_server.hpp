#pragma once

#include "actors/master_messages.hpp"
#include "base/platform.hpp"
#include "scheduler/blob_files.hpp"
#include "scheduler/blob_index.hpp"

#include <caf/event_based_actor.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace weir::actors {

struct blob_settings {
  std::chrono::milliseconds retention{600'000}; ///< blob.retention-time
  std::uint64_t chunk_size = 256 * 1024;        ///< blob.chunk-size
};

/// Takes job libraries in and hands them out to workers in pieces: blob_index decides which are kept. Files
/// are touched by the platform's executor alone.
class blob_server : public caf::event_based_actor {
public:
  /// `found`: what `files` had at the start.
  blob_server(caf::actor_config& config, platform& environment, const blob_settings& settings,
              std::shared_ptr<blob_files> files, const std::map<std::string, std::uint64_t>& found,
              caf::actor router);

  caf::behavior make_behavior() override;
  const char* name() const override { return "blob_server"; }
  void on_exit() override;

private:
  void verify(const put_library& put);
  void store(const put_library& put);
  void retry_waiting(const std::string& hash);
  void read_chunk(const fetch_blob& wish);
  void sweep();

  /// Runs `work` on the executor and sends what it returns to this actor.
  template <class Work>
  void off_thread(Work work);

  platform& platform_;
  blob_settings settings_;
  std::shared_ptr<blob_files> files_;
  blob_index index_;
  std::multimap<std::string, put_library> waiting_; ///< by hash: for a file being written or removed
  caf::actor router_;
};

} // namespace weir::actors
