#pragma once

#include "wire/control_messages.hpp"
#include "wire/graph_fields.hpp"

#include "control.capnp.h"

/// Between the types of `schemas/control.capnp` and plain values: the parts that many messages share.
namespace weir::schema {

inline void write(Session::Builder to, const session_id& from) {
  to.setEpoch(from.epoch.value);
  write(to.initWorker(), from.worker);
  to.setRegistration(from.registration);
}

inline session_id read(Session::Reader from) {
  return {{from.getEpoch()}, read_id<incarnation_id>(from.getWorker()), from.getRegistration()};
}

inline void write(Allocation::Builder to, const allocation_id& from) {
  to.setEpoch(from.epoch.value);
  to.setNumber(from.number);
}

inline allocation_id read(Allocation::Reader from) {
  return {{from.getEpoch()}, from.getNumber()};
}

inline void write(Attempt::Builder to, const attempt_id& from) {
  write(to.initJob(), from.job);
  to.setVertex(from.vertex);
  to.setSubtask(from.subtask);
  to.setEpoch(from.epoch.value);
  to.setNumber(from.number);
}

inline attempt_id read(Attempt::Reader from) {
  return {read_id<job_id>(from.getJob()),
          from.getVertex(),
          from.getSubtask(),
          {from.getEpoch()},
          from.getNumber()};
}

inline void write(Channel::Builder to, const channel_id& from) {
  write(to.initProducer(), from.producer);
  write(to.initConsumer(), from.consumer);
  to.setEdge(from.edge);
}

inline channel_id read(Channel::Reader from) {
  return {read(from.getProducer()), read(from.getConsumer()), from.getEdge()};
}

inline void write(Address::Builder to, const node_address& from) {
  to.setHost(text(from.host));
  to.setPort(from.port);
}

inline node_address read(Address::Reader from, wire::untrusted_parts& parts) {
  return {parts.text(from.getHost()), from.getPort()};
}

inline void write(Profile::Builder to, const resource_profile& from) {
  to.setCpuMillis(from.cpu_millis);
  to.setManagedMemory(from.managed_memory);
  to.setNetworkMemory(from.network_memory);
}

inline resource_profile read(Profile::Reader from) {
  return {from.getCpuMillis(), from.getManagedMemory(), from.getNetworkMemory()};
}

inline task_state read(TaskState from, wire::untrusted_parts& parts) {
  return parts.enumeration(from, task_state::failed, "task state");
}

inline void write(TaskResult::Builder to, const task_result& from) {
  to.setName(text(from.name));
  to.setValue(data(from.value));
}

inline task_result read(TaskResult::Reader from, wire::untrusted_parts& parts) {
  return {parts.text(from.getName()), parts.data(from.getValue())};
}

inline void write(Metrics::Builder to, const task_metrics& from) {
  to.setRecordsIn(from.records_in);
  to.setRecordsOut(from.records_out);
  to.setBytesIn(from.bytes_in);
  to.setBytesOut(from.bytes_out);
  to.setBusyMs(from.busy_ms);
  to.setIdleMs(from.idle_ms);
  to.setBackpressuredMs(from.backpressured_ms);
}

inline task_metrics read(Metrics::Reader from) {
  return {from.getRecordsIn(), from.getRecordsOut(), from.getBytesIn(),        from.getBytesOut(),
          from.getBusyMs(),    from.getIdleMs(),     from.getBackpressuredMs()};
}

} // namespace weir::schema
