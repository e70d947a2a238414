#include "wire/checkpoint_fields.hpp"
#include "wire/control_codec.hpp"
#include "wire/control_fields.hpp"
#include "wire/measurement_fields.hpp"

namespace weir {

namespace schema {

template <class Items>
static unsigned count(const Items& items) {
  return static_cast<unsigned>(items.size());
}

static void write(TaskReport::Builder to, const task_report& from) {
  write(to.initAttempt(), from.attempt);
  to.setState(static_cast<TaskState>(from.state));
  write(to.initMetrics(), from.metrics);
  if (from.measurements)
    write(to.initMeasurements(), *from.measurements);
}

static void write(ProducerLocation::Builder to, const producer_location& from) {
  write(to.initAttempt(), from.attempt);
  to.setEdge(from.edge);
  write(to.initWorker(), from.worker);
  write(to.initAddress(), from.address);
}

static void write(ConsumerReference::Builder to, const consumer_reference& from) {
  write(to.initAttempt(), from.attempt);
  to.setEdge(from.edge);
}

template <class Message>
static void write_grant(SlotGrant::Builder to, const Message& from) {
  write(to.initSession(), from.session);
  to.setSlot(from.slot);
  write(to.initAllocation(), from.allocation);
  write(to.initJob(), from.job);
}

/// The session, attempt and checkpoint of a message.
static void write_about(auto to, const auto& from) {
  write(to.initSession(), from.session);
  write(to.initAttempt(), from.attempt);
  to.setCheckpoint(from.checkpoint);
}

namespace {

/// Puts each kind of message into the union.
struct control_writer {
  Control::Builder to;

  void operator()(const register_worker& from) {
    auto message = to.initRegisterWorker();
    write(message.initSession(), from.session);
    write(message.initDataAddress(), from.data_address);
    write_list(message.initSlots(count(from.slots)), from.slots);
    message.setCpuCores(from.cpu_cores);
    message.setPhysicalMemory(from.physical_memory);
    message.setProcessId(from.process_id);
  }

  void operator()(const registered& from) {
    auto message = to.initRegistered();
    write(message.initSession(), from.session);
    message.setHeartbeatIntervalMs(from.heartbeat_interval_ms);
    message.setHeartbeatTimeoutMs(from.heartbeat_timeout_ms);
  }

  void operator()(const unknown_session& from) { write(to.initUnknownSession().initSession(), from.session); }

  void operator()(const heartbeat& from) {
    auto message = to.initHeartbeat();
    write(message.initSession(), from.session);
    message.setResidentMemory(from.resident_memory);
    message.setNetworkMemoryUsed(from.network_memory_used);
    write_list(message.initTasks(count(from.tasks)), from.tasks);
  }

  void operator()(const heartbeat_ack& from) { write(to.initHeartbeatAck().initSession(), from.session); }

  void operator()(const allocate& from) { write_grant(to.initAllocate(), from); }

  void operator()(const freed& from) {
    auto message = to.initFreed();
    write(message.initSession(), from.session);
    message.setSlot(from.slot);
    write(message.initAllocation(), from.allocation);
  }

  void operator()(const offer& from) { write_grant(to.initOffer(), from); }
  void operator()(const accept& from) { write_grant(to.initAccept(), from); }
  void operator()(const reject& from) { write_grant(to.initReject(), from); }
  void operator()(const allocation_gone& from) { write_grant(to.initAllocationGone(), from); }
  void operator()(const release& from) { write_grant(to.initRelease(), from); }

  void operator()(const deploy& from) {
    auto message = to.initDeploy();
    write(message.initSession(), from.session);
    message.setSlot(from.slot);
    write(message.initAllocation(), from.allocation);
    write(message.initAttempt(), from.attempt);
    write(message.initJob(), from.job);
    write_list(message.initProducers(count(from.producers)), from.producers);
    write_list(message.initConsumers(count(from.consumers)), from.consumers);
    write(message.initRestored(), from.restored);
    message.setFinalizes(from.finalizes);
    if (from.checkpoints) {
      auto plan = message.initCheckpoints();
      plan.setDir(text(from.checkpoints->dir));
      plan.setExactlyOnce(from.checkpoints->exactly_once);
      plan.setIncremental(from.checkpoints->incremental);
      plan.setLocalCopies(from.checkpoints->local_copies);
    }
  }

  void operator()(const cancel& from) {
    auto message = to.initCancel();
    write(message.initSession(), from.session);
    write(message.initAttempt(), from.attempt);
    message.setJobEnds(from.job_ends);
  }

  void operator()(const update& from) {
    auto message = to.initUpdate();
    write(message.initSession(), from.session);
    write(message.initAttempt(), from.attempt);
    message.setState(static_cast<TaskState>(from.state));
    message.setCause(text(from.cause));
    write(message.initMetrics(), from.metrics);
    write_list(message.initResults(count(from.results)), from.results);
    if (from.measurements)
      write(message.initMeasurements(), *from.measurements);
    message.setIrreversible(from.irreversible);
  }

  void operator()(const fetch_blob& from) {
    auto message = to.initFetchBlob();
    write(message.initSession(), from.session);
    message.setHash(text(from.hash));
    message.setOffset(from.offset);
  }

  void operator()(const blob_chunk& from) {
    auto message = to.initBlobChunk();
    write(message.initSession(), from.session);
    message.setHash(text(from.hash));
    message.setOffset(from.offset);
    message.setTotal(from.total);
    message.setBytes(data(from.bytes));
    message.setFailure(text(from.failure));
  }

  void operator()(const open_channel& from) {
    auto message = to.initOpenChannel();
    write(message.initChannel(), from.channel);
    message.setOpening(from.opening);
    message.setConsumerRoute(from.consumer_route);
    message.setGrantedTotal(from.granted_total);
  }

  void operator()(const channel_opened& from) {
    auto message = to.initChannelOpened();
    write(message.initChannel(), from.channel);
    message.setOpening(from.opening);
    message.setConsumerRoute(from.consumer_route);
    message.setProducerRoute(from.producer_route);
  }

  void operator()(const channel_not_yet& from) {
    auto message = to.initChannelNotYet();
    write(message.initChannel(), from.channel);
    message.setOpening(from.opening);
  }

  void operator()(const channel_gone& from) {
    auto message = to.initChannelGone();
    write(message.initChannel(), from.channel);
    message.setOpening(from.opening);
    message.setReason(text(from.reason));
  }

  void operator()(const channel_credit& from) {
    auto message = to.initChannelCredit();
    message.setProducerRoute(from.producer_route);
    message.setGrantedTotal(from.granted_total);
  }

  void operator()(const close_channel& from) { to.initCloseChannel().setProducerRoute(from.producer_route); }
  void operator()(const ping& from) { to.initPing().setNumber(from.number); }
  void operator()(const pong& from) { to.initPong().setNumber(from.number); }

  void operator()(const trigger_checkpoint& from) {
    auto message = to.initTriggerCheckpoint();
    write_about(message, from);
    message.setBase(from.base);
    message.setTriggeredWallMs(from.triggered_wall_ms);
  }

  void operator()(const checkpoint_completed& from) { write_about(to.initCheckpointCompleted(), from); }
  void operator()(const checkpoint_aborted& from) { write_about(to.initCheckpointAborted(), from); }

  void operator()(const acknowledge_checkpoint& from) {
    auto message = to.initAcknowledgeCheckpoint();
    write_about(message, from);
    write(message.initState(), from.state);
    write(message.initTimings(), from.timings);
  }

  void operator()(const decline_checkpoint& from) {
    auto message = to.initDeclineCheckpoint();
    write_about(message, from);
    message.setReason(text(from.reason));
  }

  void operator()(const data_ended& from) {
    auto message = to.initDataEnded();
    write(message.initSession(), from.session);
    write(message.initAttempt(), from.attempt);
  }
};

} // namespace

} // namespace schema

std::vector<char> encode(const control_message& message) {
  capnp::MallocMessageBuilder builder;
  std::visit(schema::control_writer{builder.initRoot<schema::Control>()}, message);
  return wire::to_bytes(builder);
}

} // namespace weir
