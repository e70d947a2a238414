#include "rest/rest_services.hpp"

namespace weir {

void add_all_handlers(rest_router& router, const rest_services& services) {
  add_cluster_handlers(router, services);
  add_job_handlers(router, services);
  add_checkpoint_handlers(router, services);
  add_vertex_handlers(router, services);
  add_task_manager_handlers(router, services);
  add_submission_handlers(router, services);
  add_metric_handlers(router, services);
  add_inspection_handlers(router, services);
  if (services.jars)
    add_jar_handlers(router, services);
}

} // namespace weir
