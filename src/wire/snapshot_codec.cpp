#include "wire/snapshot_codec.hpp"

#include "wire/graph_fields.hpp"

#include "state.capnp.h"

#include <set>
#include <utility>

namespace weir {

namespace schema {

using wire::untrusted_parts;

static void write(SnapshotState::Builder to, const snapshot_state& from) {
  write(to.initOperator(), from.of);
  to.setName(text(from.type.name));
  to.setKind(static_cast<StateKind>(from.type.kind));
  to.setKey(text(from.type.key));
  to.setUserKey(text(from.type.user_key));
  to.setValue(text(from.type.value));
  to.setExpiresAfterMs(from.type.expires.after_ms);
  to.setRefresh(static_cast<Refresh>(from.type.expires.when));
}

static snapshot_state read(SnapshotState::Reader from, untrusted_parts& parts) {
  snapshot_state state;
  state.of = read_id<operator_id>(from.getOperator());
  state.type.name = parts.text(from.getName());
  state.type.kind = parts.enumeration(from.getKind(), detail::state_kind::broadcast, "kind of state");
  state.type.key = parts.text(from.getKey());
  state.type.user_key = parts.text(from.getUserKey());
  state.type.value = parts.text(from.getValue());
  state.type.expires.after_ms = from.getExpiresAfterMs();
  state.type.expires.when = parts.enumeration(from.getRefresh(), detail::expiry::refresh::on_read_and_write,
                                              "way to refresh an expiry");
  return state;
}

static void write(SnapshotHead::Builder to, const snapshot_head& from) {
  write(to.initJob(), from.job);
  to.setTask(text(from.task));
  to.setSubtask(from.subtask);
  to.setParallelism(from.parallelism);
  to.setNumber(from.number);
  to.setParent(from.parent);
  to.setMaxParallelism(from.max_parallelism);
  to.setFirstKeyGroup(from.first_key_group);
  to.setLastKeyGroup(from.last_key_group);
  write_list(to.initStates(static_cast<unsigned>(from.states.size())), from.states);
}

static std::string what_is_wrong_with(const snapshot_head& head) {
  if (head.subtask >= head.parallelism)
    return "it is of subtask " + std::to_string(head.subtask) + " of " + std::to_string(head.parallelism);
  if (head.first_key_group > head.last_key_group || head.last_key_group >= head.max_parallelism)
    return "it is of the key groups from " + std::to_string(head.first_key_group) + " to " +
           std::to_string(head.last_key_group) + " of " + std::to_string(head.max_parallelism);
  std::set<std::pair<operator_id, std::string_view>> names;
  for (const snapshot_state& state : head.states)
    if (!names.emplace(state.of, state.type.name).second)
      return "an operator has two states named " + state.type.name;
  return {};
}

static snapshot_head read(SnapshotHead::Reader from, untrusted_parts& parts) {
  snapshot_head head;
  head.job = read_id<job_id>(from.getJob());
  head.task = parts.text(from.getTask());
  head.subtask = from.getSubtask();
  head.parallelism = from.getParallelism();
  head.number = from.getNumber();
  head.parent = from.getParent();
  head.max_parallelism = from.getMaxParallelism();
  head.first_key_group = from.getFirstKeyGroup();
  head.last_key_group = from.getLastKeyGroup();
  head.states = parts.list(from.getStates(), [&](SnapshotState::Reader state) { return read(state, parts); });
  if (std::string wrong = what_is_wrong_with(head); !wrong.empty())
    parts.refuse(std::move(wrong));
  return head;
}

static void write(SnapshotRun::Builder to, const snapshot_run& from) {
  to.setState(from.state);
  to.setKeyGroup(from.key_group);
  to.setOffset(from.offset);
  to.setLength(from.length);
  to.setBlocks(from.blocks);
  to.setEntries(from.entries);
  to.setRemoved(from.removed);
  to.setRawLength(from.raw_length);
}

static snapshot_run read(SnapshotRun::Reader from) {
  return {from.getState(),  from.getKeyGroup(), from.getOffset(),  from.getLength(),
          from.getBlocks(), from.getEntries(),  from.getRemoved(), from.getRawLength()};
}

} // namespace schema

std::vector<char> encode(const snapshot_head& head) {
  capnp::MallocMessageBuilder message;
  write(message.initRoot<schema::SnapshotHead>(), head);
  return wire::to_bytes(message);
}

std::vector<char> encode_snapshot_index(const std::vector<snapshot_run>& runs) {
  capnp::MallocMessageBuilder message;
  auto index = message.initRoot<schema::SnapshotIndex>();
  schema::write_list(index.initRuns(static_cast<unsigned>(runs.size())), runs);
  return wire::to_bytes(message);
}

result<snapshot_head> decode_snapshot_head(std::span<const char> bytes) {
  return wire::decode<schema::SnapshotHead>(
      bytes, "head of a snapshot",
      [](schema::SnapshotHead::Reader from, auto& parts) { return read(from, parts); });
}

result<std::vector<snapshot_run>> decode_snapshot_index(std::span<const char> bytes) {
  return wire::decode<schema::SnapshotIndex>(
      bytes, "index of a snapshot", [](schema::SnapshotIndex::Reader from, auto& parts) {
        return parts.list(from.getRuns(), [](schema::SnapshotRun::Reader run) { return schema::read(run); });
      });
}

} // namespace weir
