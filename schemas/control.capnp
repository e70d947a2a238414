@0xb8e1407d5f2c9a63;

# The messages between nodes: master and worker, worker and worker. Each travels as one Control in the connector's
# envelope. Ids are explained where they are made, in `src/base/ids.hpp`.
#
# Rules that hold for all of them
#
#   Session.  What a worker holds (slots, tasks, offers) belongs to one session: the master's epoch, the worker's
#             incarnation, the worker's registration number. A session that is lost is never resumed: both sides forget
#             all of it, each when it notices. A receiver drops, without an answer, a message of a session that is not the
#             present one; only a heartbeat of such a session is answered, with unknownSession.
#   Attempt.  A message about a task names its attempt. What names another one than the present is dropped.
#   Repeats.  The sender of register, offer and openChannel sends the same again until it is answered. So a receiver
#             answers a repeat as it answered the first one, and does nothing else.
#   No guesses. Inside a live session nothing is freed or failed because an answer is late: messages come in order and
#             none is lost, or the session ends.
#   Bytes.    They come from a network. What cannot be decoded closes the connection.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("weir::schema");

using Graph = import "graph.capnp";
using Id = Graph.Id;

struct Session {
  epoch @0 :UInt64;
  worker @1 :Id;                # incarnation
  registration @2 :UInt64;      # chosen by the worker, one more after each reset
}

struct Allocation {
  epoch @0 :UInt64;
  number @1 :UInt64;
}

struct Attempt {
  job @0 :Id;
  vertex @1 :UInt32;
  subtask @2 :UInt32;
  epoch @3 :UInt64;
  number @4 :UInt32;
}

struct Channel {
  producer @0 :Attempt;
  consumer @1 :Attempt;
  edge @2 :UInt32;
}

struct Address {
  host @0 :Text;
  port @1 :UInt16;
}

struct Profile {
  # What one slot offers; zero: nothing is set aside.
  cpuMillis @0 :UInt32;
  managedMemory @1 :UInt64;
  networkMemory @2 :UInt64;
}

enum TaskState {
  # In the order of weir::task_state.
  created @0;
  scheduled @1;
  deploying @2;
  initializing @3;
  running @4;
  finished @5;
  canceling @6;
  canceled @7;
  failed @8;
}

struct Metrics {
  # Of one attempt since it started; times in milliseconds.
  recordsIn @0 :UInt64;
  recordsOut @1 :UInt64;
  bytesIn @2 :UInt64;
  bytesOut @3 :UInt64;
  busyMs @4 :UInt64;
  idleMs @5 :UInt64;
  backpressuredMs @6 :UInt64;
}

struct Histogram {
  # weir::detail::histogram_counts
  count @0 :UInt64;
  sum @1 :Float64;
  min @2 :Float64;
  max @3 :Float64;
  first @4 :Int32;
  buckets @5 :List(UInt64);
}

struct Accumulator {
  # weir::detail::accumulator_value, whose kinds this has in the same order
  enum Kind {
    longSum @0;
    doubleSum @1;
    intMinimum @2;
    intMaximum @3;
    doubleMinimum @4;
    doubleMaximum @5;
    average @6;
    histogram @7;
  }
  name @0 :Text;
  kind @1 :Kind;
  integer @2 :Int64;
  number @3 :Float64;
  count @4 :UInt64;
  histogram @5 :Histogram;      # only of that kind
}

struct Metric {
  # weir::detail::metric_value
  enum Kind {
    counter @0;
    gauge @1;
    meter @2;
    histogram @3;
  }
  name @0 :Text;
  kind @1 :Kind;
  value @2 :Float64;
  rate @3 :Float64;
  histogram @4 :Histogram;      # only of that kind
}

struct OperatorReport {
  name @0 :Text;
  recordsIn @1 :UInt64;
  recordsOut @2 :UInt64;
  metrics @3 :List(Metric);
}

struct Rates {
  # Of the last few seconds; what the metrics of the same names gain in one second.
  recordsIn @0 :Float64;
  recordsOut @1 :Float64;
  bytesIn @2 :Float64;
  bytesOut @3 :Float64;
  busyMs @4 :Float64;
  idleMs @5 :Float64;
  backpressuredMs @6 :Float64;
}

struct Measurements {
  # At most metrics.max-size bytes.
  accumulators @0 :List(Accumulator);
  operators @1 :List(OperatorReport);
  rates @2 :Rates;
  inputWatermark @3 :Int64;
  outputWatermark @4 :Int64;
}

struct TaskReport {
  attempt @0 :Attempt;
  state @1 :TaskState;
  metrics @2 :Metrics;
  measurements @3 :Measurements; # absent: as in the last heartbeat that had them
}

struct TaskResult {
  name @0 :Text;
  value @1 :Data;
}

struct RegisterWorker {
  session @0 :Session;
  dataAddress @1 :Address;      # where other workers reach this one
  slots @2 :List(Profile);
  cpuCores @3 :UInt32;
  physicalMemory @4 :UInt64;
  processId @5 :Int64;
}

struct Registered {
  session @0 :Session;
  heartbeatIntervalMs @1 :UInt32;
  heartbeatTimeoutMs @2 :UInt32;
}

struct SessionOnly {
  session @0 :Session;
}

struct Heartbeat {
  session @0 :Session;
  residentMemory @1 :UInt64;
  networkMemoryUsed @2 :UInt64;
  tasks @3 :List(TaskReport);
}

struct SlotGrant {
  # One slot under one allocation for one job.
  session @0 :Session;
  slot @1 :UInt32;
  allocation @2 :Allocation;
  job @3 :Id;
}

struct Freed {
  session @0 :Session;
  slot @1 :UInt32;
  allocation @2 :Allocation;
}

struct ProducerLocation {
  attempt @0 :Attempt;
  edge @1 :UInt32;              # index into the edges of the job graph
  worker @2 :Id;                # refuse another incarnation at that address
  address @3 :Address;
}

struct ConsumerReference {
  attempt @0 :Attempt;
  edge @1 :UInt32;
}

struct Deploy {
  session @0 :Session;
  slot @1 :UInt32;
  allocation @2 :Allocation;
  attempt @3 :Attempt;
  job @4 :Graph.JobSpec;
  producers @5 :List(ProducerLocation);
  consumers @6 :List(ConsumerReference);
  restored @7 :RestoredState;
  checkpoints @8 :CheckpointPlan; # absent: the job takes none
  finalizes @9 :Bool;             # only its sinks are opened, to end what earlier attempts have prepared
}

struct CheckpointPlan {
  dir @0 :Text;                 # execution.checkpointing.dir; the job's folder is in it
  exactlyOnce @1 :Bool;
  incremental @2 :Bool;
  localCopies @3 :Bool;         # keep a copy of each file on the worker, and begin from such copies
}

struct Chain {
  files @0 :List(Text);         # the full snapshot first, then changes, each since the one before
}

struct RestoredOperator {
  operator @0 :Id;
  chains @1 :List(Chain);       # of each subtask that the operator had
}

struct RestoredState {
  checkpoint @0 :UInt64;        # 0: the task begins from nothing
  operators @1 :List(RestoredOperator);
  goesBack @2 :Bool;            # a newer one cannot be read: sinks begin only if they have committed nothing since
}

struct TriggerCheckpoint {
  session @0 :Session;
  attempt @1 :Attempt;
  checkpoint @2 :UInt64;        # grows with each trigger of the job, for ever
  base @3 :UInt64;              # a completed one whose files are kept; 0: write everything
  triggeredWallMs @4 :Int64;
}

struct CheckpointNotice {
  session @0 :Session;
  attempt @1 :Attempt;
  checkpoint @2 :UInt64;
}

struct SnapshotHandle {
  path @0 :Text;                # empty: the subtask has no state
  size @1 :UInt64;
  base @2 :UInt64;              # 0: full; else it has the changes since that checkpoint
  written @3 :UInt64;
}

struct CheckpointTimings {
  startDelayMs @0 :UInt64;
  alignmentMs @1 :UInt64;
  syncMs @2 :UInt64;
  asyncMs @3 :UInt64;
}

struct AcknowledgeCheckpoint {
  session @0 :Session;
  attempt @1 :Attempt;
  checkpoint @2 :UInt64;
  state @3 :SnapshotHandle;
  timings @4 :CheckpointTimings;
}

struct DeclineCheckpoint {
  session @0 :Session;
  attempt @1 :Attempt;
  checkpoint @2 :UInt64;
  reason @3 :Text;
}

struct DataEnded {
  session @0 :Session;
  attempt @1 :Attempt;
}

struct Cancel {
  session @0 :Session;
  attempt @1 :Attempt;
  jobEnds @2 :Bool;             # what was not committed never will be: sinks remove it
}

struct Update {
  session @0 :Session;
  attempt @1 :Attempt;
  state @2 :TaskState;
  cause @3 :Text;
  metrics @4 :Metrics;
  results @5 :List(TaskResult);
  measurements @6 :Measurements; # absent: as in the last heartbeat that had them
  irreversible @7 :Bool;        # of `failed`: a sink has committed something since the checkpoint that is gone back to
}

struct FetchBlob {
  session @0 :Session;
  hash @1 :Text;                # SHA-256, 64 lower-case hexadecimal digits: refuse all else, it becomes a file name
  offset @2 :UInt64;
}

struct BlobChunk {
  session @0 :Session;
  hash @1 :Text;
  offset @2 :UInt64;
  total @3 :UInt64;             # of the whole blob
  bytes @4 :Data;
  failure @5 :Text;
}

struct OpenChannel {
  channel @0 :Channel;
  opening @1 :UInt32;
  consumerRoute @2 :UInt64;
  grantedTotal @3 :UInt64;
}

struct ChannelOpened {
  channel @0 :Channel;
  opening @1 :UInt32;
  consumerRoute @2 :UInt64;
  producerRoute @3 :UInt64;
}

struct ChannelNotYet {
  channel @0 :Channel;
  opening @1 :UInt32;
}

struct ChannelGone {
  channel @0 :Channel;
  opening @1 :UInt32;
  reason @2 :Text;
}

struct ChannelCredit {
  producerRoute @0 :UInt64;
  grantedTotal @1 :UInt64;
}

struct CloseChannel {
  producerRoute @0 :UInt64;
}

struct Number {
  number @0 :UInt64;
}

struct Control {
  union {
    none @0 :Void;
    # Never sent: an empty message is an error and not the first kind by accident.

    # Worker and resource manager

    registerWorker @1 :RegisterWorker;
    # Worker to master, only when every task of its earlier sessions has ended; again with the same session until
    # `registered`. The session is the present one: answer again. Its registration is not above the highest ever seen of
    # this incarnation: unknownSession. Else the worker's present session, if any, is lost and this one taken.

    registered @2 :Registered;
    # Master to worker. Of the session the worker asked for: it is registered, with nothing held, and beats from now on.
    # Of another: drop.

    unknownSession @3 :SessionOnly;
    # Master to worker. Of the present session: kill every task, free every slot, close the channels, and register with
    # the next registration number once all tasks have ended. Of another: drop.

    heartbeat @4 :Heartbeat;
    # Worker to master. Of the present session: note that the worker lives, answer heartbeatAck. Of any other:
    # unknownSession. The lists are for people; no decision rests on them.

    heartbeatAck @5 :SessionOnly;
    # Master to worker: note that the master lives.

    allocate @6 :SlotGrant;
    # Master to worker. The slot is free: hold it for the allocation and send `offer`. It is not: an error of protocol;
    # log it and reset as for unknownSession.

    freed @7 :Freed;
    # Worker to master, after the last update of the slot's task. Only this, with the right allocation, or the loss of the
    # session makes a slot free for the master.

    # Worker and job manager

    offer @8 :SlotGrant;
    # Worker to master; again until it is answered. The job holds the allocation: `accept` again. Its session is known to
    # be lost: drop. A subtask lacks a slot: take it and `accept`. Else, and when the job has ended or is unknown: `reject`.

    accept @9 :SlotGrant;
    # Master to worker. The slot is held for the allocation: it is active now. The allocation is not there:
    # `allocationGone`.

    reject @10 :SlotGrant;
    # Master to worker. Free the slot if it is held for the allocation and send `freed`.

    allocationGone @11 :SlotGrant;
    # Worker to master: the job drops the slot.

    release @12 :SlotGrant;
    # Master to worker: the job needs the slot no more. No such allocation: ignore. A task still lives in it: cancel it
    # first, and send `freed` after its last update.

    deploy @13 :Deploy;
    # Master to worker. The slot holds the allocation and no task: note the attempt at once, before the library is
    # fetched, so that `cancel` finds it. An offered slot counts as accepted. The allocation is not there: update with
    # `failed` and "allocation gone". The attempt was seen before: ignore.

    cancel @14 :Cancel;
    # Master to worker. Still loading: canceled at once. Running: cancel it, update when it has ended. Unknown attempt:
    # update with `canceled`.

    update @15 :Update;
    # Worker to master. It counts only for the present attempt of the subtask, in the session in which that was deployed,
    # and only forward. `cause` is the chain of causes of `failed`; `results` come with `finished`.

    # Blobs

    fetchBlob @16 :FetchBlob;
    # Worker to master: answer with the chunk that begins at `offset`.

    blobChunk @17 :BlobChunk;
    # Master to worker, at most blob.chunk-size bytes. Ask for the next one at offset + size until `total`; then compare
    # the hash of all. `failure` not empty: there is no such blob, or it cannot be read.

    # Worker and worker: channels. A route is a number that a process gives out once, so that what belongs to an earlier
    # opening or attempt finds nobody.

    openChannel @18 :OpenChannel;
    # Consumer's worker to producer's; again, with the same opening, until it is answered. The attempt is not here yet:
    # channelNotYet. It has ended, or has sent frames to another opening: channelGone. Else send frames to
    # consumerRoute, never more than grantedTotal, after channelOpened.

    channelOpened @19 :ChannelOpened;
    # The consumer sends its credits to producerRoute.

    channelNotYet @20 :ChannelNotYet;
    # Try again later, until channel.open.timeout.

    channelGone @21 :ChannelGone;
    # The consumer fails.

    channelCredit @22 :ChannelCredit;
    # Consumer to producer. An absolute total: the largest one counts.

    closeChannel @23 :CloseChannel;
    # Consumer to producer: it wants no more. The channel ends as if all had been sent.

    ping @24 :Number;
    # Between workers with open channels: answer with pong and the same number.

    pong @25 :Number;
    # Note that the peer lives.

    # Checkpoints: job manager and task

    triggerCheckpoint @26 :TriggerCheckpoint;
    # Master to worker, for a task with sources. Send a barrier behind all that was emitted and take part in the
    # checkpoint. The attempt is not there: drop; its end is on the way to the master and counts as its answer.

    checkpointCompleted @27 :CheckpointNotice;
    # Master to worker: the checkpoint is durable. Commit what was prepared for it and for earlier ones. Of an attempt
    # that is not there: drop.

    checkpointAborted @28 :CheckpointNotice;
    # Master to worker: swallow its barriers, whenever they come, and drop what was written for it.

    acknowledgeCheckpoint @29 :AcknowledgeCheckpoint;
    # Worker to master, when the file is durable. It counts for the present attempt and a checkpoint that is pending. Else
    # delete exactly the file it names.

    declineCheckpoint @30 :DeclineCheckpoint;
    # Worker to master: the checkpoint fails.

    dataEnded @31 :DataEnded;
    # Worker to master, in one line with the acknowledgements: the sources of the task are at their end, and it
    # finishes with the next checkpoint.
  }
}
