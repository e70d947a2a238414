#include "actors/master.hpp"

#include "actors/blob_server.hpp"
#include "actors/call_clock.hpp"
#include "actors/dispatcher.hpp"
#include "actors/master_gateway.hpp"
#include "actors/master_router.hpp"
#include "actors/resource_manager.hpp"
#include "base/configuration.hpp"
#include "base/log.hpp"
#include "base/options.hpp"
#include "scheduler/master_storage.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <filesystem>

namespace weir::actors {

namespace {

class running_master final : public master {
public:
  running_master(gateway_peers peers, caf::actor router, connector network, leader_epoch epoch,
                 file_system& files, std::string temporary_folder)
      : gateway_{peers},
        actors_{peers.dispatcher, peers.resource_manager, peers.blob_server, peers.call_clock,
                std::move(router)},
        address_{std::move(network.address)},
        epoch_{epoch},
        files_{files},
        temporary_folder_{std::move(temporary_folder)} {}

  ~running_master() override { stop(); }

  cluster_gateway& gateway() override { return gateway_; }
  const node_address& rpc_address() const override { return address_; }
  leader_epoch epoch() const override { return epoch_; }

  void stop() override {
    for (const caf::actor& each : actors_)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    actors_.clear();
    if (temporary_folder_.empty())
      return;
    if (auto removed = files_.remove_all(std::exchange(temporary_folder_, "")); !removed)
      log::actors.warn("folder for job libraries not removed", {{"why", removed.failure().message()}});
  }

private:
  master_gateway gateway_;
  std::vector<caf::actor> actors_;
  node_address address_;
  leader_epoch epoch_;
  file_system& files_;
  std::string temporary_folder_; ///< empty: nothing to clear away
};

} // namespace

leader_epoch epoch_from_wall_time(platform& environment) {
  return {static_cast<std::uint64_t>(environment.clock().wall_ms())};
}

result<std::unique_ptr<master>> start_master(caf::actor_system& system, platform& environment,
                                             const configuration& settings, connector network,
                                             leader_epoch epoch,
                                             std::function<void(const std::string&)> superseded) {
  std::string temporary_folder;
  master_storage kept;
  if (std::string of_cluster = high_availability_folder(settings); !of_cluster.empty()) {
    auto opened = open_master_storage(environment, of_cluster, [superseded](const error& why) {
      log::actors.error("another master leads", {{"why", why.message()}});
      if (superseded)
        superseded(why.message());
    });
    if (!opened)
      return opened.failure().wrap("cannot start the master");
    kept = std::move(*opened);
    epoch = kept.epoch;
  } else {
    std::string folder = settings.get(options::blob_storage_directory);
    if (folder.empty()) {
      folder = std::filesystem::temp_directory_path() / ("weir-master-" + to_string(network.self));
      temporary_folder = folder;
    }
    kept = {epoch, make_memory_job_store(), std::make_shared<blob_files>(environment.files(), folder)};
  }
  auto found = kept.libraries->open();
  if (!found)
    return found.failure().wrap("cannot start the master");

  auto router = system.spawn<master_router>(network.actor);
  auto resources = system.spawn<resource_manager>(
      environment,
      resource_settings{.epoch = epoch,
                        .heartbeat_interval = settings.get(options::heartbeat_interval),
                        .heartbeat_timeout = settings.get(options::heartbeat_timeout),
                        .slot_request_timeout = settings.get(options::slot_request_timeout),
                        .spread_evenly = settings.get(options::cluster_evenly_spread_out_slots)},
      router);
  auto blobs =
      system.spawn<blob_server>(environment,
                                blob_settings{.retention = settings.get(options::blob_retention_time),
                                              .chunk_size = settings.get(options::blob_chunk_size).bytes},
                                kept.libraries, *found, router);
  auto jobs = system.spawn<dispatcher>(environment, settings, epoch, std::move(kept.jobs),
                                       dispatcher_peers{router, resources, blobs});
  auto calls = system.spawn<call_clock>(settings.get(options::web_timeout));

  caf::anon_send(router, route_to{resources, blobs});
  // Only now, so that nothing comes before there is someone to take it.
  caf::anon_send(network.actor, own_connector{router, epoch});
  return std::unique_ptr<master>{std::make_unique<running_master>(
      gateway_peers{jobs, resources, blobs, calls}, router, std::move(network), epoch, environment.files(),
      std::move(temporary_folder))};
}

} // namespace weir::actors
