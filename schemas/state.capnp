@0xb9c1d6f2a8034e57;

# What a snapshot file says about itself: docs/formats/snapshot.md has the bytes around it. The two messages lie
# uncompressed in the file, each with a checksum behind it; `wire/snapshot_codec.cpp` reads and checks them.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("weir::schema");

using Graph = import "graph.capnp";
using Id = Graph.Id;

enum StateKind {
  # In the order of weir::detail::state_kind.
  value @0;
  list @1;
  map @2;
  reducing @3;
  aggregating @4;
  eventTimers @5;
  processingTimers @6;
  window @7;
  operatorList @8;
  operatorUnionList @9;
  broadcast @10;
}

enum Refresh {
  # In the order of weir::detail::expiry::refresh.
  onWrite @0;
  onReadAndWrite @1;
}

struct SnapshotState {
  operator @0 :Id;
  name @1 :Text;                # once per operator
  kind @2 :StateKind;
  key @3 :Text;                 # readable types: restoring into others is refused
  userKey @4 :Text;
  value @5 :Text;
  expiresAfterMs @6 :Int64;     # 0: never; else each value begins with its expiry, 8 bytes
  refresh @7 :Refresh;
}

struct SnapshotHead {
  # At the front of the file.
  job @0 :Id;
  task @1 :Text;                # the vertex's name, for messages to people
  subtask @2 :UInt32;
  parallelism @3 :UInt32;       # subtask is smaller
  number @4 :UInt64;
  parent @5 :UInt64;            # the number of the snapshot that the changes are counted from; 0: this one is full
  maxParallelism @6 :UInt32;    # number of key groups of the task
  firstKeyGroup @7 :UInt32;
  lastKeyGroup @8 :UInt32;
  states @9 :List(SnapshotState);
}

struct SnapshotRun {
  # Blocks of one state and one key group that lie behind one another.
  state @0 :UInt32;             # index into the head's states
  keyGroup @1 :UInt32;          # 0 for operator state
  offset @2 :UInt64;            # of the first block in the file
  length @3 :UInt64;            # of all of them
  blocks @4 :UInt32;
  entries @5 :UInt64;           # without removed ones: a reader makes room for them
  removed @6 :UInt64;
  rawLength @7 :UInt64;         # of all columns
}

struct SnapshotIndex {
  # Behind the blocks. The runs cover all bytes between head and index, in order.
  runs @0 :List(SnapshotRun);
}
