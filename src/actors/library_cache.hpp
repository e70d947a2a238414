#pragma once

#include "base/platform.hpp"
#include "dataflow/job_code.hpp"
#include "scheduler/blob_download.hpp"
#include "wire/control_messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::actors {

// From the task manager.

/// Answered by one code_ready.
struct want_code {
  attempt_id attempt;
  job_spec job;
};

/// What was asked for is not wanted any more; no chunk will come.
struct forget_wishes {};

/// Of the present session.
struct chunk_received {
  blob_chunk chunk;
};

// To the task manager.

struct code_ready {
  attempt_id attempt;
  result<job_code> code = error{errc::not_found, "there is no code"};
};

struct want_chunk {
  std::string hash;
  std::uint64_t offset = 0;
};

/// Gets the code of jobs: fetches the library from the master once, checks that it is what its name says,
/// stores it and builds the graph off the actors' threads. All tasks of a job in this process share one
/// graph.
///
/// A library that was loaded stays in the process (see job_library), so its file stays in the cache too.
class library_cache : public caf::event_based_actor {
public:
  struct settings {
    std::string folder;
    std::uint64_t library_bytes_max = 0;
  };

  library_cache(caf::actor_config& config, platform& environment, std::shared_ptr<job_code_provider> provider,
                settings with, caf::actor task_manager);

  caf::behavior make_behavior() override;
  const char* name() const override { return "library_cache"; }
  void on_exit() override;

  struct stored {
    std::string hash;
    std::string failure; ///< empty: it is in its file
  };

  struct built {
    job_id job;
    result<job_code> code = error{errc::not_found, "there is no code"};
  };

private:
  struct library {
    bool on_disk = false;
    bool storing = false;
    std::optional<blob_download> download;
    std::vector<want_code> wishes;
  };

  struct job {
    bool building = false;
    std::vector<attempt_id> wishes;
    std::weak_ptr<const detail::stream_graph> code;
    std::weak_ptr<const job_graph> graph;
  };

  void on_wish(const want_code& wish);
  void on_chunk(const blob_chunk& chunk);
  void on_stored(const stored& done);
  void on_built(built& done);
  void build(const want_code& wish);
  void fail(library& of, const std::string& reason);
  void answer(const attempt_id& attempt, result<job_code> code);
  [[nodiscard]] std::string path_of(const std::string& hash) const;

  template <class Work>
  void off_thread(Work work);

  platform& platform_;
  std::shared_ptr<job_code_provider> provider_;
  settings settings_;
  caf::actor task_manager_;
  std::map<std::string, library> libraries_;
  std::map<job_id, job> jobs_;
};

} // namespace weir::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::want_code)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::forget_wishes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::chunk_received)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::code_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::want_chunk)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::library_cache::stored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::library_cache::built)
