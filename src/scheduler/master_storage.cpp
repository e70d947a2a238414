#include "scheduler/master_storage.hpp"

#include "base/fenced_folder.hpp"
#include "base/log.hpp"
#include "scheduler/durable_job_store.hpp"

namespace weir {

result<master_storage> open_master_storage(platform& environment, const std::string& folder,
                                           std::function<void(const error&)> fenced) {
  constexpr const char* context = "cannot use the folder of the cluster (high-availability.storageDir)";
  auto taken = fenced_folder::take_next(environment.files(), folder);
  if (!taken)
    return taken.failure().wrap(context);
  std::shared_ptr<fenced_folder> fence{std::move(*taken)};
  auto jobs = open_durable_job_store(environment, fence, folder + "/jobs", std::move(fenced));
  if (!jobs)
    return jobs.failure().wrap(context);
  leader_epoch epoch = fence->epoch();
  log::scheduler.info("leadership taken", {{"folder", folder}, {"epoch", epoch.value}});
  return master_storage{epoch, std::move(*jobs),
                        std::make_shared<blob_files>(std::move(fence), folder + "/libraries")};
}

} // namespace weir
