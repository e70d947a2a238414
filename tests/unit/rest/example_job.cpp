#include "example_job.hpp"

#include <memory>
#include <utility>

namespace weir::testing {
namespace {

operator_id id(std::uint64_t number) {
  return operator_id{{0, number}};
}

job_operator step(std::uint64_t number, std::uint32_t node, std::string name, std::string kind,
                  std::vector<std::uint32_t> inputs = {}) {
  job_operator made;
  made.id = id(number);
  made.node = node;
  made.name = std::move(name);
  made.kind = std::move(kind);
  made.inputs.assign(inputs.begin(), inputs.end());
  return made;
}

subtask_status running_subtask(std::uint32_t vertex, std::uint32_t subtask, task_metrics metrics) {
  subtask_status status;
  status.attempt = {example_id, vertex, subtask, leader_epoch{3}, 1};
  status.state = task_state::running;
  status.worker = subtask == 0 ? "10.0.0.1:5001-aaaaaa" : "10.0.0.2:5001-bbbbbb";
  status.host = subtask == 0 ? "10.0.0.1" : "10.0.0.2";
  std::int64_t at = started_wall_ms;
  status.entered_wall_ms = {{task_state::created, at},
                            {task_state::scheduled, at + 10},
                            {task_state::deploying, at + 100 + subtask},
                            {task_state::initializing, at + 200},
                            {task_state::running, at + 300}};
  status.metrics = metrics;
  return status;
}

worker_status worker(std::string name, std::string host, std::uint32_t number) {
  worker_status status;
  status.id = std::move(name);
  status.session = {leader_epoch{3}, incarnation_id{{0, number}}, 1};
  status.data_address = {std::move(host), 5001};
  status.cpu_cores = 4;
  status.physical_memory = 8ull << 30;
  status.process_id = 4000 + number;
  status.resident_memory = 30 << 20;
  status.network_memory_used = 1 << 20;
  status.last_heartbeat_wall_ms = started_wall_ms + 99'000;
  resource_profile profile{1000, 64 << 20, 32 << 20};
  status.slots = {{0, profile, false, {leader_epoch{3}, number}, example_id}, {1, profile, true, {}, {}}};
  for (std::uint32_t vertex : {0u, 1u})
    status.tasks.push_back({{example_id, vertex, number - 1, leader_epoch{3}, 1}, task_state::running, {}});
  return status;
}

} // namespace

job_graph example_graph() {
  job_graph graph;
  graph.name = "word count";
  job_vertex words;
  words.id = id(2);
  words.name = "lines -> <words>";
  words.parallelism = 2;
  words.operators = {step(1, 0, "lines", "source"), step(2, 1, "words", "flat_map", {0})};
  job_vertex count;
  count.id = id(4);
  count.name = "count -> write";
  count.parallelism = 2;
  count.operators = {step(3, 2, "count", "sum"), step(4, 3, "write", "sink", {0})};
  graph.vertices = {words, count};
  job_edge edge;
  edge.from_vertex = 0;
  edge.from_operator = 1;
  edge.to_vertex = 1;
  edge.how = detail::partitioning::hash;
  edge.record = "word_count";
  graph.edges = {edge};
  return graph;
}

job_details example_job() {
  job_details job;
  job.summary.id = example_id;
  job.summary.name = "word count";
  job.summary.state = job_state::running;
  job.summary.start_wall_ms = started_wall_ms;
  job.summary.last_modified_wall_ms = started_wall_ms + 300;
  job.summary.tasks = {{task_state::running, 4}};
  job.spec.name = "word count";
  job.spec.parallelism = 2;
  job.spec.library_name = "word_count.so";
  job.spec.arguments = {"--input=texts"};
  job.spec.configuration = {{"pipeline.operator-chaining.enabled", "true"}};
  job.graph = std::make_shared<const job_graph>(example_graph());
  job.entered_wall_ms = {{job_state::created, started_wall_ms}, {job_state::running, started_wall_ms + 300}};
  task_metrics words{0, 700, 0, 7000, 20'000, 0, 80'000};
  task_metrics count{500, 0, 5000, 0, 95'000, 5'000, 0};
  job.vertices = {{running_subtask(0, 0, words), running_subtask(0, 1, words)},
                  {running_subtask(1, 0, count), running_subtask(1, 1, count)}};
  return job;
}

std::vector<worker_status> example_workers() {
  return {worker("10.0.0.1:5001-aaaaaa", "10.0.0.1", 1), worker("10.0.0.2:5001-bbbbbb", "10.0.0.2", 2)};
}

} // namespace weir::testing
