#include "wire/checkpoint_codec.hpp"

#include "wire/graph_fields.hpp"

#include "checkpoint.capnp.h"

#include <algorithm>

namespace weir {

namespace schema {

using wire::untrusted_parts;

namespace {

template <class Items>
unsigned count(const Items& items) {
  return static_cast<unsigned>(items.size());
}

bool leaves_folder(const std::string& path) {
  std::string rooted = "/" + path + "/";
  return path.empty() || path.front() == '/' || rooted.find("/../") != std::string::npos;
}

struct metadata_writer {
  std::string home; ///< with a slash behind it

  void write(SnapshotFile::Builder to, const snapshot_handle& from) const {
    bool is_below = from.path.starts_with(home) && !leaves_folder(from.path.substr(home.size()));
    to.setPath(text(is_below ? from.path.substr(home.size()) : from.path));
    to.setIsBelow(is_below);
    to.setSize(from.size);
    to.setBase(from.base);
    to.setWritten(from.written);
  }

  void write(CheckpointSubtask::Builder to, const completed_subtask& from) const {
    auto chain = to.initChain(count(from.chain));
    for (unsigned i = 0; i < chain.size(); ++i)
      write(chain[i], from.chain[i]);
    to.setProgress(static_cast<SubtaskProgress>(from.progress));
  }

  void write(CheckpointVertex::Builder to, const completed_vertex& from) const {
    schema::write(to.initId(), from.id);
    to.setName(text(from.name));
    to.setMaxParallelism(from.max_parallelism);
    write_list(to.initOperators(count(from.operators)), from.operators);
    auto subtasks = to.initSubtasks(count(from.subtasks));
    for (unsigned i = 0; i < subtasks.size(); ++i)
      write(subtasks[i], from.subtasks[i]);
  }

  void write(CompletedCheckpoint::Builder to, const completed_checkpoint& from) const {
    schema::write(to.initJob(), from.job);
    to.setJobName(text(from.job_name));
    to.setId(from.id);
    to.setKind(static_cast<CheckpointKind>(from.kind));
    to.setTriggeredWallMs(from.triggered_wall_ms);
    to.setCompletedWallMs(from.completed_wall_ms);
    to.setWrittenSize(from.written_size);
    auto vertices = to.initVertices(count(from.vertices));
    for (unsigned i = 0; i < vertices.size(); ++i)
      write(vertices[i], from.vertices[i]);
  }
};

std::string what_is_wrong_with(const completed_checkpoint& checkpoint) {
  if (checkpoint.id == 0)
    return "it has no id";
  for (const completed_vertex& vertex : checkpoint.vertices) {
    if (vertex.subtasks.empty() || vertex.subtasks.size() > vertex.max_parallelism)
      return vertex.name + " has " + std::to_string(vertex.subtasks.size()) +
             " subtasks with a max parallelism of " + std::to_string(vertex.max_parallelism);
    for (const completed_subtask& subtask : vertex.subtasks)
      for (std::size_t i = 0; i < subtask.chain.size(); ++i)
        if ((subtask.chain[i].base == 0) != (i == 0))
          return "files of " + vertex.name + " are not a full one and the changes since";
  }
  return {};
}

struct metadata_reader {
  std::string home; ///< with a slash behind it
  untrusted_parts& parts;

  snapshot_handle read(SnapshotFile::Reader from) const {
    snapshot_handle file;
    file.path = parts.text(from.getPath());
    if (from.getIsBelow()) {
      if (leaves_folder(file.path))
        parts.refuse("the path " + file.path + " leaves its folder");
      file.path.insert(0, home);
    } else if (file.path.empty()) {
      parts.refuse("a file has no path");
    }
    file.size = from.getSize();
    file.base = from.getBase();
    file.written = from.getWritten();
    return file;
  }

  completed_subtask read(CheckpointSubtask::Reader from) const {
    completed_subtask subtask;
    subtask.chain = parts.list(from.getChain(), [&](SnapshotFile::Reader file) { return read(file); });
    subtask.progress =
        parts.enumeration(from.getProgress(), subtask_progress::finished, "progress of a subtask");
    return subtask;
  }

  completed_vertex read(CheckpointVertex::Reader from) const {
    completed_vertex vertex;
    vertex.id = read_id<operator_id>(from.getId());
    vertex.name = parts.text(from.getName());
    vertex.max_parallelism = from.getMaxParallelism();
    vertex.operators =
        parts.list(from.getOperators(), [](Id::Reader one) { return read_id<operator_id>(one); });
    vertex.subtasks =
        parts.list(from.getSubtasks(), [&](CheckpointSubtask::Reader one) { return read(one); });
    return vertex;
  }

  completed_checkpoint read(CompletedCheckpoint::Reader from) const {
    completed_checkpoint checkpoint;
    checkpoint.job = read_id<job_id>(from.getJob());
    checkpoint.job_name = parts.text(from.getJobName());
    checkpoint.id = from.getId();
    checkpoint.kind =
        parts.enumeration(from.getKind(), checkpoint_kind::stop_savepoint, "kind of checkpoint");
    checkpoint.triggered_wall_ms = from.getTriggeredWallMs();
    checkpoint.completed_wall_ms = from.getCompletedWallMs();
    checkpoint.written_size = from.getWrittenSize();
    checkpoint.vertices =
        parts.list(from.getVertices(), [&](CheckpointVertex::Reader vertex) { return read(vertex); });
    if (std::string wrong = what_is_wrong_with(checkpoint); !wrong.empty())
      parts.refuse(std::move(wrong));
    return checkpoint;
  }
};

} // namespace

} // namespace schema

std::vector<char> encode_checkpoint(const completed_checkpoint& checkpoint, const std::string& home) {
  capnp::MallocMessageBuilder message;
  schema::metadata_writer{home + "/"}.write(message.initRoot<schema::CompletedCheckpoint>(), checkpoint);
  return seal(checkpoint_format, wire::to_bytes(message));
}

result<completed_checkpoint> decode_checkpoint(std::span<const char> bytes, const std::string& path,
                                               const std::string& home) {
  auto message = unseal(checkpoint_format, bytes, path);
  if (!message)
    return message.failure();
  auto read = wire::decode<schema::CompletedCheckpoint>(
      *message, checkpoint_format.what, [&](schema::CompletedCheckpoint::Reader from, auto& parts) {
        return schema::metadata_reader{home + "/", parts}.read(from);
      });
  if (!read)
    return damaged(checkpoint_format, path, sealed_prefix_size, read.failure().message());
  return read;
}

} // namespace weir
