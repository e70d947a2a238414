#include "wire/job_record_codec.hpp"

#include "wire/control_fields.hpp"
#include "wire/measurement_fields.hpp"

#include "job_record.capnp.h"

#include <memory>

namespace weir {

namespace schema {

using wire::untrusted_parts;

template <class Items>
static unsigned count(const Items& items) {
  return static_cast<unsigned>(items.size());
}

/// Writes a map as a list of pairs with `set(pair, key, value)`.
template <class List, class Map, class Set>
static void write_map(List to, const Map& from, Set set) {
  unsigned index = 0;
  for (const auto& [key, value] : from)
    set(to[index++], key, value);
}

static job_state read(JobState from, untrusted_parts& parts) {
  return parts.enumeration(from, job_state::restarting, "job state");
}

static void write(EndedSubtask::Builder to, const subtask_status& from) {
  write(to.initAttempt(), from.attempt);
  to.setState(static_cast<TaskState>(from.state));
  to.setWorker(text(from.worker));
  to.setHost(text(from.host));
  write_map(to.initEntered(count(from.entered_wall_ms)), from.entered_wall_ms,
            [](TaskStateTime::Builder pair, task_state state, std::int64_t wall_ms) {
              pair.setState(static_cast<TaskState>(state));
              pair.setWallMs(wall_ms);
            });
  write(to.initMetrics(), from.metrics);
  if (from.measurements)
    write(to.initMeasurements(), *from.measurements);
}

static subtask_status read(EndedSubtask::Reader from, untrusted_parts& parts) {
  subtask_status subtask;
  subtask.attempt = read(from.getAttempt());
  subtask.state = read(from.getState(), parts);
  subtask.worker = parts.text(from.getWorker());
  subtask.host = parts.text(from.getHost());
  for (TaskStateTime::Reader each : from.getEntered())
    subtask.entered_wall_ms.emplace(read(each.getState(), parts), each.getWallMs());
  subtask.metrics = read(from.getMetrics());
  if (from.hasMeasurements())
    subtask.measurements = read(from.getMeasurements(), parts);
  return subtask;
}

static void write(Failure::Builder to, const failure_record& from) {
  to.setCause(text(from.cause));
  to.setTask(text(from.task));
  to.setWorker(text(from.worker));
  to.setWallMs(from.wall_ms);
}

static failure_record read(Failure::Reader from, untrusted_parts& parts) {
  return {parts.text(from.getCause()), parts.text(from.getTask()), parts.text(from.getWorker()),
          from.getWallMs()};
}

static void write(EndedVertex::Builder to, const std::vector<subtask_status>& from) {
  write_list(to.initSubtasks(count(from)), from);
}

static void write(EndedJob::Builder to, const job_details& from) {
  to.setName(text(from.summary.name));
  to.setState(static_cast<JobState>(from.summary.state));
  to.setStartWallMs(from.summary.start_wall_ms);
  to.setEndWallMs(from.summary.end_wall_ms);
  to.setLastModifiedWallMs(from.summary.last_modified_wall_ms);
  write_map(to.initTasks(count(from.summary.tasks)), from.summary.tasks,
            [](TaskStateCount::Builder pair, task_state state, std::uint32_t number) {
              pair.setState(static_cast<TaskState>(state));
              pair.setCount(number);
            });
  write_map(to.initEntered(count(from.entered_wall_ms)), from.entered_wall_ms,
            [](JobStateTime::Builder pair, job_state state, std::int64_t wall_ms) {
              pair.setState(static_cast<JobState>(state));
              pair.setWallMs(wall_ms);
            });
  write_list(to.initVertices(count(from.vertices)), from.vertices);
  write_list(to.initFailures(count(from.failures)), from.failures);
  write_list(to.initResults(count(from.results)), from.results);
  to.setResultsDropped(from.results_dropped);
}

static job_details read(EndedJob::Reader from, untrusted_parts& parts) {
  job_details end;
  end.summary.name = parts.text(from.getName());
  end.summary.state = read(from.getState(), parts);
  end.summary.start_wall_ms = from.getStartWallMs();
  end.summary.end_wall_ms = from.getEndWallMs();
  end.summary.last_modified_wall_ms = from.getLastModifiedWallMs();
  for (TaskStateCount::Reader each : from.getTasks())
    end.summary.tasks.emplace(read(each.getState(), parts), each.getCount());
  for (JobStateTime::Reader each : from.getEntered())
    end.entered_wall_ms.emplace(read(each.getState(), parts), each.getWallMs());
  end.vertices = parts.list(from.getVertices(), [&](EndedVertex::Reader vertex) {
    return parts.list(vertex.getSubtasks(), [&](EndedSubtask::Reader one) { return read(one, parts); });
  });
  end.failures = parts.list(from.getFailures(), [&](Failure::Reader one) { return read(one, parts); });
  end.results = parts.list(from.getResults(), [&](TaskResult::Reader one) { return read(one, parts); });
  end.results_dropped = from.getResultsDropped();
  return end;
}

static job_record read(JobRecord::Reader from, untrusted_parts& parts) {
  job_record record;
  record.id = read_id<job_id>(from.getId());
  record.spec = read(from.getSpec(), parts);
  record.graph = std::make_shared<const job_graph>(read(from.getGraph(), parts));
  record.state = parts.enumeration(from.getState(), record_state::ended, "state of a job record");
  if (!record.id)
    parts.refuse("it has no id");
  if (from.hasEnd() != (record.state == record_state::ended))
    parts.refuse("its state and its end contradict each other");
  if (from.hasCheckpoints()) {
    if (record.state != record_state::ended)
      parts.refuse("it has not ended, and its checkpoints have");
    auto checkpoints = from.getCheckpoints();
    record.checkpoints = {parts.text(checkpoints.getDirectory()), checkpoints.getRetained()};
  }
  if (from.hasEnd()) {
    job_details end = read(from.getEnd(), parts);
    end.summary.id = record.id;
    end.spec = record.spec;
    end.graph = record.graph;
    record.end = std::make_shared<const job_details>(std::move(end));
  }
  return record;
}

} // namespace schema

std::vector<char> encode_job_record(const job_record& record) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<schema::JobRecord>();
  write(root.initId(), record.id);
  write(root.initSpec(), record.spec);
  write(root.initGraph(), *record.graph);
  root.setState(static_cast<schema::RecordState>(record.state));
  if (record.end)
    write(root.initEnd(), *record.end);
  if (record.checkpoints) {
    auto checkpoints = root.initCheckpoints();
    checkpoints.setDirectory(schema::text(record.checkpoints->directory));
    checkpoints.setRetained(record.checkpoints->retained);
  }
  return seal(job_record_format, wire::to_bytes(message));
}

result<job_record> decode_job_record(std::span<const char> bytes, const std::string& path) {
  auto message = unseal(job_record_format, bytes, path);
  if (!message)
    return message.failure();
  auto read = wire::decode<schema::JobRecord>(
      *message, job_record_format.what,
      [](schema::JobRecord::Reader from, auto& parts) { return schema::read(from, parts); });
  if (!read)
    return damaged(job_record_format, path, sealed_prefix_size, read.failure().message());
  return read;
}

} // namespace weir
