#pragma once

#include "base/platform.hpp"
#include "rest/cluster_gateway.hpp"
#include "rest/jar_service.hpp"
#include "rest/rest_router.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// What the server says about the program it is part of.
struct cluster_description {
  std::string version;                                            ///< "0.1.0"
  std::string commit;                                             ///< "1a2b3c4"
  std::vector<std::pair<std::string, std::string>> configuration; ///< every key that was set
  std::int64_t refresh_interval_ms = 3000;                        ///< how often the dashboard asks
};

/// What the handlers work with. All of it lives longer than the router.
struct rest_services {
  /// Calls back on the server's thread.
  cluster_gateway& gateway;
  weir::clock& clock;
  cluster_description about;
  /// nullptr: `web.submit.enable` is false, and the /jars paths do not exist.
  jar_service* jars = nullptr;
  /// For jobs and triggers whose client did not draw an id.
  std::function<random_id()> draw_id;
  std::uint64_t max_library_bytes = 0; ///< rest.server.max-content-length
  std::size_t exception_history_size = 16;
  std::chrono::milliseconds outcome_store_duration{300'000}; ///< rest.async.store-duration
  /// DELETE /cluster; runs after the answer was handed to the connection.
  std::function<void()> shut_down;
};

/// Each adds the paths of one kind of resource. The services must outlive the router.
void add_cluster_handlers(rest_router& router, const rest_services& services);
void add_job_handlers(rest_router& router, const rest_services& services);
void add_checkpoint_handlers(rest_router& router, const rest_services& services);
void add_vertex_handlers(rest_router& router, const rest_services& services);
void add_metric_handlers(rest_router& router, const rest_services& services);
void add_task_manager_handlers(rest_router& router, const rest_services& services);
void add_jar_handlers(rest_router& router, const rest_services& services);
void add_submission_handlers(rest_router& router, const rest_services& services);
void add_inspection_handlers(rest_router& router, const rest_services& services);

/// All of them.
void add_all_handlers(rest_router& router, const rest_services& services);

} // namespace weir
