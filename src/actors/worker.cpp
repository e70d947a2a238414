#include "actors/worker.hpp"

#include "actors/task_manager.hpp"
#include "base/configuration.hpp"
#include "base/log.hpp"
#include "base/options.hpp"
#include "state/local_copies.hpp"
#include "state/local_folders.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <unistd.h>

#include <filesystem>
#include <thread>

namespace weir::actors {

namespace {

class running_worker final : public worker {
public:
  running_worker(caf::actor task_manager, node_address address, file_system& files, std::string folder)
      : task_manager_{std::move(task_manager)},
        address_{std::move(address)},
        files_{files},
        folder_{std::move(folder)} {}

  ~running_worker() override { stop(); }

  const node_address& data_address() const override { return address_; }

  void stop() override {
    if (!task_manager_)
      return;
    caf::anon_send_exit(task_manager_, caf::exit_reason::user_shutdown);
    task_manager_ = nullptr;
    if (auto removed = files_.remove_all(folder_); !removed)
      log::actors.warn("folder for job libraries not removed", {{"why", removed.failure().message()}});
  }

private:
  caf::actor task_manager_;
  node_address address_;
  file_system& files_;
  std::string folder_;
};

std::size_t cpu_cores() {
  return std::max(1u, std::thread::hardware_concurrency());
}

std::vector<resource_profile> slot_profiles(const configuration& settings) {
  std::size_t count = slot_count(settings);
  resource_profile each{.cpu_millis = static_cast<std::uint32_t>(1000 * cpu_cores() / count),
                        .managed_memory = settings.get(options::taskmanager_managed_memory).bytes / count,
                        .network_memory = settings.get(options::taskmanager_network_memory).bytes / count};
  return {count, each};
}

subtask_options subtask_options_of(const configuration& settings) {
  subtask_options chosen;
  chosen.channels.segment_size = settings.get(options::taskmanager_segment_size).bytes;
  chosen.channels.buffers_per_channel =
      static_cast<std::uint32_t>(settings.get(options::taskmanager_buffers_per_channel));
  chosen.channels.open_timeout = settings.get(options::channel_open_timeout);
  chosen.channels.open_retry_initial = settings.get(options::channel_open_retry_initial);
  chosen.channels.open_retry_max = settings.get(options::channel_open_retry_max);
  chosen.channels.batch_max_size = settings.get(options::taskmanager_batch_max_size).bytes;
  chosen.collect_max_size = settings.get(options::collect_max_size).bytes;
  chosen.metrics_max_size = settings.get(options::metrics_max_size).bytes;
  chosen.state.backend = state_backend_of(settings);
  chosen.state.leveldb = leveldb_settings_of(settings);
  return chosen;
}

} // namespace

std::size_t slot_count(const configuration& settings) {
  auto stated = static_cast<std::size_t>(settings.get(options::taskmanager_slots));
  return stated == 0 ? cpu_cores() : stated;
}

result<std::unique_ptr<worker>> start_worker(caf::actor_system& system, platform& environment,
                                             const configuration& settings, connector network,
                                             worker_surroundings surroundings) {
  std::filesystem::path base = settings.get(options::blob_storage_directory);
  if (base.empty())
    base = std::filesystem::temp_directory_path();
  std::string folder = base / ("weir-worker-" + to_string(network.self));
  auto subtasks = subtask_options_of(settings);
  if (auto sound = check(subtasks.channels); !sound)
    return sound.failure().wrap("cannot start the worker");
  if (auto made = environment.files().create_folders(folder); !made)
    return made.failure().wrap("cannot start the worker");

  std::string copies_in = settings.get(options::local_backup_dirs);
  auto copies = std::make_shared<local_copies>(
      environment, local_folders(copies_in.empty() ? settings.get(options::io_tmp_dirs) : copies_in));
  copies->remove_leftovers();

  task_manager_settings chosen{
      .core = {.self = network.self,
               .data_address = network.address,
               .slots = slot_profiles(settings),
               .cpu_cores = std::thread::hardware_concurrency(),
               .physical_memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                  static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)),
               .process_id = ::getpid(),
               .heartbeat_timeout = settings.get(options::heartbeat_timeout),
               .cancellation_timeout = settings.get(options::task_cancellation_timeout),
               .measurements_max_size = settings.get(options::metrics_max_size).bytes,
               .job_return_max = settings.get(options::slot_request_timeout)},
      .heartbeat_interval = settings.get(options::heartbeat_interval),
      .subtasks = subtasks,
      .libraries = {folder, settings.get(options::rest_max_content_length).bytes},
      .copies = std::move(copies),
      .master = std::move(surroundings.master),
      .registered = std::move(surroundings.registered)};
  if (!surroundings.code)
    surroundings.code = make_library_code_provider(environment);
  auto address = network.address;
  auto actor = system.spawn<task_manager>(environment, std::move(chosen), std::move(network),
                                          std::move(surroundings.code), surroundings.detached_tasks,
                                          std::move(surroundings.exit_process));
  return std::unique_ptr<worker>{
      std::make_unique<running_worker>(actor, std::move(address), environment.files(), std::move(folder))};
}

} // namespace weir::actors
