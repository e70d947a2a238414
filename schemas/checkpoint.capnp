@0xe1c7a04b9d5f3826;

# What the metadata file of a completed checkpoint says: docs/formats/checkpoint.md has the bytes around it.
# `wire/checkpoint_codec.cpp` reads and checks it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("weir::schema");

using Graph = import "graph.capnp";
using Id = Graph.Id;

enum CheckpointKind {
  # In the order of weir::checkpoint_kind.
  checkpoint @0;
  savepoint @1;
  stopSavepoint @2;
}

enum SubtaskProgress {
  # In the order of weir::subtask_progress.
  running @0;
  finished @1;
}

struct SnapshotFile {
  path @0 :Text;
  isBelow @1 :Bool;             # the path is counted from the folder that all files of the checkpoint's owner are in
  size @2 :UInt64;              # bytes; the file is not to be used with another size
  base @3 :UInt64;              # the checkpoint that its changes are counted from; 0: it is full
  written @4 :UInt64;           # bytes before compression
}

struct CheckpointSubtask {
  chain @0 :List(SnapshotFile); # the full one first, then the changes since the one before; empty: no state
  progress @1 :SubtaskProgress;
}

struct CheckpointVertex {
  id @0 :Id;                    # of the vertex in the job graph
  name @1 :Text;
  maxParallelism @2 :UInt32;    # at least the number of subtasks
  operators @3 :List(Id);       # of its chain
  subtasks @4 :List(CheckpointSubtask);
}

struct CompletedCheckpoint {
  job @0 :Id;
  jobName @1 :Text;
  id @2 :UInt64;                # not 0
  kind @3 :CheckpointKind;
  triggeredWallMs @4 :Int64;
  completedWallMs @5 :Int64;
  writtenSize @6 :UInt64;       # bytes of the files that are new in it
  vertices @7 :List(CheckpointVertex);
}
