#pragma once

#include "base/option.hpp"
#include "base/result.hpp"

#include <weir/state_backend.hpp>

#include <span>

namespace weir {

class configuration;

/// Every configuration key, in one place. Where Flink has the same thing, the key is Flink's.
namespace options {

using namespace std::chrono_literals;

inline constexpr std::uint64_t kilobyte = 1024;
inline constexpr std::uint64_t megabyte = 1024 * kilobyte;

// ---- addresses

inline const option<std::string> jobmanager_rpc_address{
    "jobmanager.rpc.address", "127.0.0.1", "Host or address under which workers reach the master."};
inline const option<std::int64_t> jobmanager_rpc_port{
    "jobmanager.rpc.port",
    6123,
    "Port on which the master takes workers; 0: the system chooses.",
    {0, 65535}};
inline const option<std::string> jobmanager_bind_host{
    "jobmanager.bind-host", "127.0.0.1", "Local address the master listens on; 0.0.0.0: all of them."};
inline const option<std::string> rest_address{"rest.address", "127.0.0.1",
                                              "Host or address under which clients reach the REST server."};
inline const option<std::int64_t> rest_port{
    "rest.port", 8081, "Port of the REST server; 0: the system chooses.", {0, 65535}};
inline const option<std::string> rest_bind_address{
    "rest.bind-address", "127.0.0.1", "Local address the REST server listens on; 0.0.0.0: all of them."};
inline const option<std::string> taskmanager_host{
    "taskmanager.host", "127.0.0.1", "Host or address under which other workers reach this one."};
inline const option<std::string> taskmanager_bind_host{
    "taskmanager.bind-host", "127.0.0.1", "Local address a worker listens on; 0.0.0.0: all of them."};
inline const option<std::int64_t> taskmanager_data_port{
    "taskmanager.data.port",
    0,
    "Port on which a worker takes other workers; 0: the system chooses.",
    {0, 65535}};

// ---- what a worker offers

inline const option<std::int64_t> taskmanager_slots{
    "taskmanager.numberOfTaskSlots", 0, "Slots of a worker; 0: as many as it has CPU cores.", {0, 1024}};
inline const option<memory_size> taskmanager_network_memory{
    "taskmanager.memory.network.size",
    {64 * megabyte},
    "Memory of a worker for data in flight, split evenly over its slots.",
    {memory_size{megabyte}, {}}};
inline const option<memory_size> taskmanager_managed_memory{
    "taskmanager.memory.managed.size",
    {128 * megabyte},
    "Memory of a worker for state, split evenly over its slots.",
    {}};
inline const option<memory_size> taskmanager_segment_size{
    "taskmanager.memory.segment-size",
    {32 * kilobyte},
    "Size at which a frame to another worker is sent.",
    {memory_size{kilobyte}, memory_size{16 * megabyte}}};
inline const option<std::int64_t> taskmanager_buffers_per_channel{
    "taskmanager.network.memory.buffers-per-channel",
    16,
    "Frames or batches a channel may have in flight.",
    {1, 65536}};
inline const option<memory_size> taskmanager_batch_max_size{
    "taskmanager.network.batch.max-size",
    {256 * megabyte},
    "Most bytes of one batch on its way to another worker; it may be spread over many frames.",
    {memory_size{megabyte}, memory_size{1024 * megabyte}}};

// ---- the cluster

inline const option<duration> heartbeat_interval{
    "heartbeat.interval", 1s, "How often the master and a worker show that they live.", {1ms, {}}};
inline const option<duration> heartbeat_timeout{
    "heartbeat.timeout", 10s, "Silence after which a worker or the master is taken for lost.", {2ms, {}}};
inline const option<duration> slot_request_timeout{
    "slot.request.timeout", 5min, "How long a job waits for the slots it lacks before it fails.", {1ms, {}}};
inline const option<duration> task_cancellation_timeout{
    "task.cancellation.timeout",
    30s,
    "A worker whose task does not end within this time after a cancel exits.",
    {1ms, {}}};
inline const option<duration> channel_open_timeout{
    "channel.open.timeout",
    30s,
    "How long a task tries to open a channel from its producer before it fails.",
    {1ms, {}}};
inline const option<duration> channel_open_retry_initial{
    "channel.open.retry.initial",
    10ms,
    "Wait before a task asks for a channel again; doubled each time.",
    {1ms, {}}};
inline const option<duration> channel_open_retry_max{
    "channel.open.retry.max", 5s, "Longest wait before a task asks for a channel again.", {1ms, {}}};
inline const option<bool> cluster_evenly_spread_out_slots{
    "cluster.evenly-spread-out-slots", true,
    "Spread the slots of a job over the workers instead of filling one first."};

// ---- jobs

inline const option<std::int64_t> parallelism_default{
    "parallelism.default",
    1,
    "Subtasks of an operator where neither job nor submission states it.",
    {1, 32768}};
inline const option<std::int64_t> pipeline_max_parallelism{
    "pipeline.max-parallelism",
    0,
    "Number of key groups of a job; 0: derived from its parallelism.",
    {0, 32768}};
inline const option<bool> pipeline_operator_chaining{"pipeline.operator-chaining.enabled", true,
                                                     "Run operators of a chain in one task."};
inline const option<duration> execution_buffer_timeout{
    "execution.buffer-timeout",
    10ms,
    "How long a record may wait for its batch to fill; 0: not at all, -1: until it is full.",
    {-1ms, {}}};
inline const option<duration> pipeline_auto_watermark_interval{
    "pipeline.auto-watermark-interval",
    200ms,
    "How often watermarks are sent; 0: behind every batch of records.",
    {0ms, {}}};
inline const option<memory_size> collect_max_size{"collect.max-size",
                                                  {16 * megabyte},
                                                  "Most bytes of collected results a job may have.",
                                                  {memory_size{kilobyte}, {}}};
inline const option<memory_size> metrics_max_size{"metrics.max-size",
                                                  {256 * kilobyte},
                                                  "Most bytes of accumulators and metrics of one task.",
                                                  {memory_size{kilobyte}, {}}};
inline const option<std::int64_t> jobstore_max_capacity{
    "jobstore.max-capacity",
    1000,
    "Ended jobs the master remembers; the oldest are forgotten first.",
    {1, 1'000'000}};
inline const option<duration> jobstore_expiration_time{
    "jobstore.expiration-time", 1h, "How long the master remembers an ended job.", {1s, {}}};

inline const option<memory_size> jobstore_cache_size{
    "jobstore.cache-size",
    {50 * megabyte},
    "Memory for the collected results of ended jobs; the oldest results are dropped first.",
    {}};

// ---- state

inline const option<std::string> state_backend_type{
    "state.backend.type",
    "hashmap",
    "Where keyed state is: in memory, or in LevelDB behind a cache in the managed memory.",
    {{"hashmap", "leveldb"}}};

inline const option<std::string> io_tmp_dirs{
    "io.tmp.dirs", "",
    "Folders for files that end with the process, separated by ',', '|' or ':'; empty: that of the system."};
inline const option<memory_size> leveldb_write_buffer_size{
    "state.backend.leveldb.writebuffer.size",
    {0},
    "Changes gathered before they are written as a file, of which there are two; 0: derived from the memory.",
    {{}, memory_size{1024 * megabyte}}};
inline const option<memory_size> leveldb_block_cache_size{
    "state.backend.leveldb.block.cache-size",
    {0},
    "Memory for blocks read from files; 0: derived from the memory.",
    {}};
inline const option<memory_size> leveldb_block_size{"state.backend.leveldb.block.blocksize",
                                                    {4 * kilobyte},
                                                    "Size of the pieces in which files are read.",
                                                    {memory_size{kilobyte}, memory_size{4 * megabyte}}};
inline const option<memory_size> leveldb_target_file_size{
    "state.backend.leveldb.compaction.level.target-file-size-base",
    {0},
    "Size of a file, at least 1 mb; 0: derived from the memory.",
    {{}, memory_size{1024 * megabyte}}};
inline const option<std::int64_t> leveldb_open_files{
    "state.backend.leveldb.files.open",
    0,
    "Files that the state of an operator holds open, at least 64; 0: derived from the memory.",
    {0, 40'000}};
inline const option<std::int64_t> leveldb_filter_bits_per_key{
    "state.backend.leveldb.bloom-filter.bits-per-key",
    10,
    "Size of the filters that save reads for keys that do not exist; 0: none.",
    {0, 64}};
inline const option<std::string> leveldb_compression{"state.backend.leveldb.compression",
                                                     "none",
                                                     "Compression of state on local disks.",
                                                     {{"none", "snappy"}}};
inline const option<bool> leveldb_mmap{
    "state.backend.leveldb.mmap", false,
    "Map the files of state into memory: faster while memory is free, but not held to any limit."};

inline const option<std::string> snapshot_codec{
    "state.snapshot.codec", "zstd", "How the blocks of snapshot files are compressed.", {{"zstd", "none"}}};
inline const option<std::int64_t> snapshot_compression_level{
    "state.snapshot.compression-level",
    -5,
    "Level of zstd in snapshot files; negative ones are faster and compress less.",
    {-50, 19}};
inline const option<memory_size> snapshot_max_entry_size{
    "state.snapshot.max-entry-size",
    {256 * megabyte},
    "Most bytes of one entry of a state in a snapshot file.",
    {memory_size{megabyte}, memory_size{1024 * megabyte}}};
inline const option<double> snapshot_fold_ratio{
    "state.snapshot.fold.ratio",
    0.5,
    "Size of the changes since a full snapshot, in parts of its size, above which they are folded into one.",
    {0.0, 100.0}};
inline const option<std::int64_t> snapshot_fold_length{
    "state.snapshot.fold.length",
    10,
    "Number of snapshots of changes after a full one above which they are folded into one.",
    {1, 1000}};

// ---- checkpoints

inline const option<duration> checkpointing_interval{
    "execution.checkpointing.interval",
    0ms,
    "Time between two checkpoints of a job; 0: none are taken.",
    {0ms, {}}};
inline const option<std::string> checkpointing_mode{"execution.checkpointing.mode",
                                                    "EXACTLY_ONCE",
                                                    "Whether barriers hold back what comes behind them.",
                                                    {{"EXACTLY_ONCE", "AT_LEAST_ONCE"}}};
inline const option<duration> checkpointing_timeout{
    "execution.checkpointing.timeout",
    10min,
    "Time after which a checkpoint that is not complete is given up.",
    {1ms, {}}};
inline const option<duration> checkpointing_min_pause{
    "execution.checkpointing.min-pause",
    0ms,
    "Least time between the end of a checkpoint and the next one.",
    {0ms, {}}};
inline const option<std::int64_t> checkpointing_max_concurrent{
    "execution.checkpointing.max-concurrent-checkpoints",
    1,
    "Checkpoints that may be under way at once.",
    {1, 100}};
inline const option<std::int64_t> checkpointing_tolerable_failed{
    "execution.checkpointing.tolerable-failed-checkpoints",
    0,
    "Checkpoints that may fail one after the other before the job does.",
    {0, 1'000'000}};
inline const option<std::int64_t> checkpointing_num_retained{
    "execution.checkpointing.num-retained", 1, "Completed checkpoints kept of a job.", {1, 1000}};
inline const option<bool> checkpointing_incremental{"execution.checkpointing.incremental", false,
                                                    "Write only what changed since the checkpoint before."};
inline const option<std::string> checkpointing_retention{
    "execution.checkpointing.externalized-checkpoint-retention",
    "NO_EXTERNALIZED_CHECKPOINTS",
    "Whether the checkpoints of a job outlive one that failed, or also one that was canceled.",
    {{"NO_EXTERNALIZED_CHECKPOINTS", "DELETE_ON_CANCELLATION", "RETAIN_ON_CANCELLATION"}}};
inline const option<std::string> checkpointing_dir{
    "execution.checkpointing.dir", "", "Folder for checkpoints, which master and workers all see."};
inline const option<bool> state_recovery_from_local{"execution.state-recovery.from-local", false,
                                                    "Keep a copy of the newest snapshots on each worker's "
                                                    "own disk, and begin again from it where there is one."};
inline const option<std::string> local_backup_dirs{
    "execution.checkpointing.local-backup.dirs", "",
    "Folders of a worker for such copies, separated by ',', '|' or ':'; empty: those of io.tmp.dirs."};
inline const option<std::int64_t> web_checkpoints_history{
    "web.checkpoints.history", 10, "Checkpoints of each job whose details are kept.", {1, 10'000}};

// ---- restarts

inline const option<std::string> restart_strategy_type{
    "restart-strategy.type",
    "auto",
    "When a job that fails is restarted; auto: with exponential delay if it has checkpoints, else never.",
    {{"auto", "none", "fixed-delay", "exponential-delay", "failure-rate"}}};
inline const option<std::int64_t> restart_fixed_attempts{
    "restart-strategy.fixed-delay.attempts", 1, "Restarts before the job fails.", {0, 2'147'483'647}};
inline const option<duration> restart_fixed_delay{
    "restart-strategy.fixed-delay.delay", 1s, "Wait before each restart.", {0ms, {}}};
inline const option<duration> restart_exponential_initial{
    "restart-strategy.exponential-delay.initial-backoff", 1s, "Wait before the first restart.", {1ms, {}}};
inline const option<duration> restart_exponential_max{
    "restart-strategy.exponential-delay.max-backoff", 1min, "Longest wait before a restart.", {1ms, {}}};
inline const option<double> restart_exponential_multiplier{
    "restart-strategy.exponential-delay.backoff-multiplier",
    1.5,
    "Growth of the wait with each restart.",
    {1.0, 1000.0}};
inline const option<duration> restart_exponential_reset{
    "restart-strategy.exponential-delay.reset-backoff-threshold",
    1h,
    "Time without a failure after which the wait is the first one again.",
    {1ms, {}}};
inline const option<double> restart_exponential_jitter{
    "restart-strategy.exponential-delay.jitter-factor",
    0.1,
    "Part of the wait by which it is made longer or shorter at random.",
    {0.0, 1.0}};
inline const option<std::int64_t> restart_exponential_attempts{
    "restart-strategy.exponential-delay.attempts-before-reset-backoff",
    0,
    "Restarts without such a time in between before the job fails; 0: any number.",
    {0, 2'147'483'647}};
inline const option<std::int64_t> restart_rate_max{"restart-strategy.failure-rate.max-failures-per-interval",
                                                   1,
                                                   "Failures within the interval that are borne.",
                                                   {1, 100'000}};
inline const option<duration> restart_rate_interval{"restart-strategy.failure-rate.failure-rate-interval",
                                                    1min,
                                                    "Time over which failures are counted.",
                                                    {1ms, {}}};
inline const option<duration> restart_rate_delay{
    "restart-strategy.failure-rate.delay", 1s, "Wait before each restart.", {0ms, {}}};
inline const option<std::string> failover_strategy{
    "jobmanager.execution.failover-strategy",
    "region",
    "What is restarted after a failure: what exchanges records with the task that failed, or all.",
    {{"region", "full"}}};

// ---- what a master keeps over its end

inline const option<std::string> high_availability_type{
    "high-availability.type",
    "FILESYSTEM",
    "How masters agree who leads: by the files under high-availability.storageDir, if that is set, or NONE.",
    {{"FILESYSTEM", "NONE"}}};
inline const option<std::string> high_availability_storage_dir{
    "high-availability.storageDir", "",
    "Folder of one cluster for jobs and their libraries: a master that starts again goes on with them; "
    "empty: "
    "they end with the master."};

// ---- REST server and clients

inline const option<duration> web_timeout{
    "web.timeout",
    10s,
    "How long the REST server waits for the cluster before it answers with an error.",
    {1ms, {}}};
inline const option<std::int64_t> web_exception_history_size{
    "web.exception-history-size", 16, "Failures kept of each job.", {1, 10'000}};
inline const option<duration> rest_async_store_duration{
    "rest.async.store-duration",
    5min,
    "How long the outcome of something that was triggered can be asked for.",
    {1ms, {}}};
inline const option<memory_size> rest_max_content_length{
    "rest.server.max-content-length",
    {128 * megabyte},
    "Longest request body the REST server takes: a job library must fit.",
    {memory_size{kilobyte}, {}}};
inline const option<duration> rest_idle_timeout{"rest.connection.idle-timeout",
                                                10s,
                                                "Silence after which the REST server closes a connection.",
                                                {1ms, {}}};
inline const option<std::int64_t> rest_max_connections{
    "rest.max-connections", 256, "Connections the REST server has open at once.", {1, 65536}};
inline const option<memory_size> rest_max_header_size{"rest.server.max-header-size",
                                                      {16 * kilobyte},
                                                      "Longest request line and headers, together.",
                                                      {memory_size{kilobyte}, memory_size{64 * kilobyte}}};
inline const option<memory_size> rest_max_buffered_size{
    "rest.server.max-buffered-size",
    {512 * megabyte},
    "Memory of the REST server for the bodies of all requests under way.",
    {memory_size{megabyte}, {}}};
inline const option<bool> web_submit_enable{"web.submit.enable", true,
                                            "Take job libraries through the /jars paths of the REST server."};
inline const option<std::string> web_upload_dir{
    "web.upload.dir", "",
    "Folder for libraries uploaded through /jars; empty: a temporary one, removed at the end."};
inline const option<duration> web_plan_timeout{
    "web.plan.timeout",
    30s,
    "How long the job function of an uploaded library may take to build its graph.",
    {1ms, {}}};
inline const option<duration> web_refresh_interval{
    "web.refresh-interval", 3s, "How often the dashboard asks for news.", {100ms, {}}};
inline const option<duration> client_timeout{
    "client.timeout", 1min, "How long a client tries to reach the cluster.", {1ms, {}}};

// ---- libraries and connections

inline const option<memory_size> blob_chunk_size{"blob.chunk-size",
                                                 {256 * kilobyte},
                                                 "Size of the pieces in which workers fetch a job library.",
                                                 {memory_size{kilobyte}, memory_size{16 * megabyte}}};
inline const option<std::string> blob_storage_directory{
    "blob.storage.directory", "",
    "Folder for job libraries; empty: one under the temporary folder of the process."};
inline const option<duration> blob_retention_time{
    "blob.retention-time",
    10min,
    "How long the master keeps a job library that no job uses, so that a submission can be tried again.",
    {1s, {}}};
inline const option<memory_size> transport_max_frame_size{
    "transport.max-frame-size",
    {32 * megabyte},
    "Longest message between nodes; a longer one closes the connection.",
    {memory_size{64 * kilobyte}, memory_size{1024 * megabyte}}};
inline const option<duration> transport_connect_timeout{
    "transport.connect-timeout",
    5s,
    "How long a connection between nodes may take to come about.",
    {1ms, {}}};

// ---- logs

inline const option<std::string> log_level{"log.level",
                                           "info",
                                           "Least severe log lines that are written.",
                                           {{"trace", "debug", "info", "warn", "error", "off"}}};

} // namespace options

/// All of them, in the order above.
std::span<const any_option> all_options();

/// Where the master keeps its jobs; empty: they end with it.
std::string high_availability_folder(const configuration& values);

/// What `state.backend.type` says.
state_backend state_backend_of(const configuration& values);

/// Fails when values that are right alone contradict each other.
result<void> check_together(const configuration& values);

} // namespace weir
