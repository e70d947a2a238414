#include "base/options.hpp"

#include "base/configuration.hpp"

#include <array>

namespace weir {

std::span<const any_option> all_options() {
  using namespace options;
  static const auto all = std::to_array<any_option>({
      &jobmanager_rpc_address,
      &jobmanager_rpc_port,
      &jobmanager_bind_host,
      &rest_address,
      &rest_port,
      &rest_bind_address,
      &taskmanager_host,
      &taskmanager_bind_host,
      &taskmanager_data_port,
      &taskmanager_slots,
      &taskmanager_network_memory,
      &taskmanager_managed_memory,
      &taskmanager_segment_size,
      &taskmanager_buffers_per_channel,
      &taskmanager_batch_max_size,
      &heartbeat_interval,
      &heartbeat_timeout,
      &slot_request_timeout,
      &task_cancellation_timeout,
      &channel_open_timeout,
      &channel_open_retry_initial,
      &channel_open_retry_max,
      &cluster_evenly_spread_out_slots,
      &parallelism_default,
      &pipeline_max_parallelism,
      &pipeline_operator_chaining,
      &execution_buffer_timeout,
      &pipeline_auto_watermark_interval,
      &collect_max_size,
      &metrics_max_size,
      &jobstore_max_capacity,
      &jobstore_expiration_time,
      &jobstore_cache_size,
      &state_backend_type,
      &io_tmp_dirs,
      &leveldb_write_buffer_size,
      &leveldb_block_cache_size,
      &leveldb_block_size,
      &leveldb_target_file_size,
      &leveldb_open_files,
      &leveldb_filter_bits_per_key,
      &leveldb_compression,
      &leveldb_mmap,
      &snapshot_codec,
      &snapshot_compression_level,
      &snapshot_max_entry_size,
      &snapshot_fold_ratio,
      &snapshot_fold_length,
      &checkpointing_interval,
      &checkpointing_mode,
      &checkpointing_timeout,
      &checkpointing_min_pause,
      &checkpointing_max_concurrent,
      &checkpointing_tolerable_failed,
      &checkpointing_num_retained,
      &checkpointing_incremental,
      &checkpointing_retention,
      &checkpointing_dir,
      &state_recovery_from_local,
      &local_backup_dirs,
      &web_checkpoints_history,
      &restart_strategy_type,
      &restart_fixed_attempts,
      &restart_fixed_delay,
      &restart_exponential_initial,
      &restart_exponential_max,
      &restart_exponential_multiplier,
      &restart_exponential_reset,
      &restart_exponential_jitter,
      &restart_exponential_attempts,
      &restart_rate_max,
      &restart_rate_interval,
      &restart_rate_delay,
      &failover_strategy,
      &high_availability_type,
      &high_availability_storage_dir,
      &web_timeout,
      &web_exception_history_size,
      &rest_async_store_duration,
      &rest_max_content_length,
      &rest_idle_timeout,
      &rest_max_connections,
      &rest_max_header_size,
      &rest_max_buffered_size,
      &web_submit_enable,
      &web_upload_dir,
      &web_plan_timeout,
      &web_refresh_interval,
      &client_timeout,
      &blob_chunk_size,
      &blob_storage_directory,
      &blob_retention_time,
      &transport_max_frame_size,
      &transport_connect_timeout,
      &log_level,
  });
  return all;
}

namespace {

/// Says that `larger` is not `relation` `smaller`.
template <class T>
error contradiction(const configuration& values, const option<T>& smaller, const option<T>& larger,
                    const char* relation) {
  std::string low = to_text(values.get(smaller));
  std::string high = to_text(values.get(larger));
  return error{errc::invalid_argument, std::string{larger.key} + " (" + high + ") must be " + relation + " " +
                                           smaller.key + " (" + low + ")"};
}

} // namespace

std::string high_availability_folder(const configuration& values) {
  return values.get(options::high_availability_type) == "NONE"
             ? std::string{}
             : values.get(options::high_availability_storage_dir);
}

state_backend state_backend_of(const configuration& values) {
  return values.get(options::state_backend_type) == "leveldb" ? state_backend::leveldb
                                                              : state_backend::hashmap;
}

result<void> check_together(const configuration& values) {
  using namespace options;
  // One heartbeat that comes late or is lost with a busy machine must not cost a worker.
  if (values.get(heartbeat_timeout) < 2 * values.get(heartbeat_interval))
    return contradiction(values, heartbeat_interval, heartbeat_timeout, "at least twice");
  // What carries these in one message needs room for its other fields.
  constexpr std::uint64_t other_fields = 16 * kilobyte;
  std::uint64_t room = values.get(transport_max_frame_size).bytes - other_fields;
  if (values.get(collect_max_size).bytes > room)
    return contradiction(values, collect_max_size, transport_max_frame_size, "at least 16 kb above");
  // The last message of a task brings both.
  if (values.get(collect_max_size).bytes + values.get(metrics_max_size).bytes > room)
    return contradiction(values, metrics_max_size, transport_max_frame_size,
                         "at least 16 kb and collect.max-size above");
  if (values.get(blob_chunk_size).bytes > room)
    return contradiction(values, blob_chunk_size, transport_max_frame_size, "at least 16 kb above");
  if (values.get(taskmanager_segment_size).bytes > room)
    return contradiction(values, taskmanager_segment_size, transport_max_frame_size, "at least 16 kb above");
  if (values.get(restart_exponential_max) < values.get(restart_exponential_initial))
    return contradiction(values, restart_exponential_initial, restart_exponential_max, "at least");
  return {};
}

} // namespace weir
