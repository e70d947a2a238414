#pragma once

#include "base/platform.hpp"
#include "rest/jar_store.hpp"
#include "rest/job_planner.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace weir {

/// A job from an uploaded library, ready to be submitted.
struct prepared_job {
  job_submission submission;
  std::string library; ///< its bytes
};

/// The blocking work of the `/jars` paths, off the server's thread.
///
/// Calls come from the server's thread and return at once; answers come back on it. At most `waiting_max`
/// calls wait at a time, what is more ends with unavailable.
class jar_service {
public:
  template <class T>
  using callback = std::function<void(result<T>)>;
  using poster = std::function<void(std::function<void()>)>;

  static constexpr std::size_t waiting_max = 32;

  /// `blocking` must not run more than one job at a time. All must outlive this object.
  jar_service(jar_store& store, job_planner& planner, file_system& files, executor& blocking,
              poster to_server);

  void list(callback<std::vector<stored_jar>> done);
  void upload(std::string file_name, std::string bytes, callback<stored_jar> done);
  void remove(std::string id, callback<void> done);

  /// `request.library` and `library_name` are filled in from the jar.
  void plan(std::string id, plan_request request, callback<job_submission> done);
  void prepare(std::string id, plan_request request, callback<prepared_job> done);

  [[nodiscard]] std::string path_of(const stored_jar& jar) const { return store_.path_of(jar); }

  /// Ends what is under way; calls end with canceled.
  void stop();

private:
  template <class T, class Work>
  void run(Work work, callback<T> done);

  result<job_submission> plan_now(const stored_jar& jar, plan_request request);

  jar_store& store_;
  job_planner& planner_;
  file_system& files_;
  executor& blocking_;
  poster to_server_;
  std::stop_source stop_;
  std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace weir
