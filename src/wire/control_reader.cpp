#include "wire/checkpoint_fields.hpp"
#include "wire/control_codec.hpp"
#include "wire/control_fields.hpp"
#include "wire/measurement_fields.hpp"

namespace weir {

namespace schema {

using wire::untrusted_parts;

template <class Message>
static Message read_grant(SlotGrant::Reader from) {
  return {read(from.getSession()), from.getSlot(), read(from.getAllocation()),
          read_id<job_id>(from.getJob())};
}

/// The session, attempt and checkpoint of a message.
template <class Message>
static Message read_about(auto from) {
  Message message;
  message.session = read(from.getSession());
  message.attempt = read(from.getAttempt());
  message.checkpoint = from.getCheckpoint();
  return message;
}

static register_worker read(RegisterWorker::Reader from, untrusted_parts& parts) {
  register_worker message;
  message.session = read(from.getSession());
  message.data_address = read(from.getDataAddress(), parts);
  message.slots = parts.list(from.getSlots(), [](Profile::Reader slot) { return read(slot); });
  message.cpu_cores = from.getCpuCores();
  message.physical_memory = from.getPhysicalMemory();
  message.process_id = from.getProcessId();
  return message;
}

static heartbeat read(Heartbeat::Reader from, untrusted_parts& parts) {
  heartbeat message;
  message.session = read(from.getSession());
  message.resident_memory = from.getResidentMemory();
  message.network_memory_used = from.getNetworkMemoryUsed();
  message.tasks = parts.list(from.getTasks(), [&](TaskReport::Reader task) {
    return task_report{read(task.getAttempt()), read(task.getState(), parts), read(task.getMetrics()),
                       task.hasMeasurements() ? read(task.getMeasurements(), parts) : nullptr};
  });
  return message;
}

static deploy read(Deploy::Reader from, untrusted_parts& parts) {
  deploy message;
  message.session = read(from.getSession());
  message.slot = from.getSlot();
  message.allocation = read(from.getAllocation());
  message.attempt = read(from.getAttempt());
  message.job = read(from.getJob(), parts);
  message.producers = parts.list(from.getProducers(), [&](ProducerLocation::Reader producer) {
    return producer_location{read(producer.getAttempt()), producer.getEdge(),
                             read_id<incarnation_id>(producer.getWorker()),
                             read(producer.getAddress(), parts)};
  });
  message.consumers = parts.list(from.getConsumers(), [](ConsumerReference::Reader consumer) {
    return consumer_reference{read(consumer.getAttempt()), consumer.getEdge()};
  });
  message.restored = read(from.getRestored(), parts);
  message.finalizes = from.getFinalizes();
  if (from.hasCheckpoints()) {
    auto plan = from.getCheckpoints();
    message.checkpoints = {parts.text(plan.getDir()), plan.getExactlyOnce(), plan.getIncremental(),
                           plan.getLocalCopies()};
  }
  return message;
}

static update read(Update::Reader from, untrusted_parts& parts) {
  update message;
  message.session = read(from.getSession());
  message.attempt = read(from.getAttempt());
  message.state = read(from.getState(), parts);
  message.cause = parts.text(from.getCause());
  message.metrics = read(from.getMetrics());
  message.results = parts.list(from.getResults(), [&](TaskResult::Reader one) { return read(one, parts); });
  if (from.hasMeasurements())
    message.measurements = read(from.getMeasurements(), parts);
  message.irreversible = from.getIrreversible();
  return message;
}

static blob_chunk read(BlobChunk::Reader from, untrusted_parts& parts) {
  blob_chunk message;
  message.session = read(from.getSession());
  message.hash = parts.text(from.getHash());
  message.offset = from.getOffset();
  message.total = from.getTotal();
  message.bytes = parts.data(from.getBytes());
  message.failure = parts.text(from.getFailure());
  return message;
}

static control_message read(Control::Reader from, untrusted_parts& parts) {
  switch (from.which()) {
  case Control::NONE:
    break;
  case Control::REGISTER_WORKER:
    return read(from.getRegisterWorker(), parts);
  case Control::REGISTERED: {
    auto message = from.getRegistered();
    return registered{read(message.getSession()), message.getHeartbeatIntervalMs(),
                      message.getHeartbeatTimeoutMs()};
  }
  case Control::UNKNOWN_SESSION:
    return unknown_session{read(from.getUnknownSession().getSession())};
  case Control::HEARTBEAT:
    return read(from.getHeartbeat(), parts);
  case Control::HEARTBEAT_ACK:
    return heartbeat_ack{read(from.getHeartbeatAck().getSession())};
  case Control::ALLOCATE:
    return read_grant<allocate>(from.getAllocate());
  case Control::FREED: {
    auto message = from.getFreed();
    return freed{read(message.getSession()), message.getSlot(), read(message.getAllocation())};
  }
  case Control::OFFER:
    return read_grant<offer>(from.getOffer());
  case Control::ACCEPT:
    return read_grant<accept>(from.getAccept());
  case Control::REJECT:
    return read_grant<reject>(from.getReject());
  case Control::ALLOCATION_GONE:
    return read_grant<allocation_gone>(from.getAllocationGone());
  case Control::RELEASE:
    return read_grant<release>(from.getRelease());
  case Control::DEPLOY:
    return read(from.getDeploy(), parts);
  case Control::CANCEL: {
    auto message = from.getCancel();
    return cancel{read(message.getSession()), read(message.getAttempt()), message.getJobEnds()};
  }
  case Control::UPDATE:
    return read(from.getUpdate(), parts);
  case Control::FETCH_BLOB: {
    auto message = from.getFetchBlob();
    return fetch_blob{read(message.getSession()), parts.text(message.getHash()), message.getOffset()};
  }
  case Control::BLOB_CHUNK:
    return read(from.getBlobChunk(), parts);
  case Control::OPEN_CHANNEL: {
    auto message = from.getOpenChannel();
    return open_channel{read(message.getChannel()), message.getOpening(), message.getConsumerRoute(),
                        message.getGrantedTotal()};
  }
  case Control::CHANNEL_OPENED: {
    auto message = from.getChannelOpened();
    return channel_opened{read(message.getChannel()), message.getOpening(), message.getConsumerRoute(),
                          message.getProducerRoute()};
  }
  case Control::CHANNEL_NOT_YET: {
    auto message = from.getChannelNotYet();
    return channel_not_yet{read(message.getChannel()), message.getOpening()};
  }
  case Control::CHANNEL_GONE: {
    auto message = from.getChannelGone();
    return channel_gone{read(message.getChannel()), message.getOpening(), parts.text(message.getReason())};
  }
  case Control::CHANNEL_CREDIT: {
    auto message = from.getChannelCredit();
    return channel_credit{message.getProducerRoute(), message.getGrantedTotal()};
  }
  case Control::CLOSE_CHANNEL:
    return close_channel{from.getCloseChannel().getProducerRoute()};
  case Control::PING:
    return ping{from.getPing().getNumber()};
  case Control::PONG:
    return pong{from.getPong().getNumber()};
  case Control::TRIGGER_CHECKPOINT: {
    auto message = from.getTriggerCheckpoint();
    auto trigger = read_about<trigger_checkpoint>(message);
    trigger.base = message.getBase();
    trigger.triggered_wall_ms = message.getTriggeredWallMs();
    return trigger;
  }
  case Control::CHECKPOINT_COMPLETED:
    return read_about<checkpoint_completed>(from.getCheckpointCompleted());
  case Control::CHECKPOINT_ABORTED:
    return read_about<checkpoint_aborted>(from.getCheckpointAborted());
  case Control::ACKNOWLEDGE_CHECKPOINT: {
    auto message = from.getAcknowledgeCheckpoint();
    auto acknowledged = read_about<acknowledge_checkpoint>(message);
    acknowledged.state = read(message.getState(), parts);
    acknowledged.timings = read(message.getTimings());
    return acknowledged;
  }
  case Control::DECLINE_CHECKPOINT: {
    auto message = from.getDeclineCheckpoint();
    auto declined = read_about<decline_checkpoint>(message);
    declined.reason = parts.text(message.getReason());
    return declined;
  }
  case Control::DATA_ENDED: {
    auto message = from.getDataEnded();
    return data_ended{read(message.getSession()), read(message.getAttempt())};
  }
  }
  // Not a default label, so that the compiler names a kind that is missing above.
  parts.refuse("there is no kind " + std::to_string(static_cast<unsigned>(from.which())));
  return {};
}

} // namespace schema

result<control_message> decode_control(std::span<const char> bytes) {
  return wire::decode<schema::Control>(
      bytes, "control message", [](schema::Control::Reader from, auto& parts) { return read(from, parts); });
}

} // namespace weir
