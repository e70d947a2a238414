@0xd2a5f0c37b1e9846;

# What a client submits: the job graph, without code, and the specification from which a worker builds the operators.
# Whoever receives a graph checks that every index points into its list, that producers stand before their consumers and
# that the parallelisms are possible, before anything is made of it: `wire/graph_codec.cpp` does.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("weir::schema");

struct Id {
  # 128 bits: a job, an incarnation, an operator. Zero means none.
  high @0 :UInt64;
  low @1 :UInt64;
}

struct JobSpec {
  # The receiver (a worker) fetches the library by its hash, refuses it if its ABI is another, calls the function with
  # the arguments, compiles what it built with `parallelism` and `configuration`, and fails the task if the fingerprint of
  # the result is not `fingerprint`.
  name @0 :Text;
  libraryHash @1 :Text;         # SHA-256, 64 lower-case hexadecimal digits: refuse all else, it becomes a file name
  libraryName @2 :Text;         # for messages to people
  function @3 :Text;            # empty: the only one of the library
  arguments @4 :List(Text);
  parallelism @5 :UInt32;       # of operators that state none
  configuration @6 :List(Setting);
  fingerprint @7 :UInt64;
}

struct Setting {
  key @0 :Text;
  value @1 :Text;
}

enum Partitioning {
  # In the order of weir::detail::partitioning.
  forward @0;
  hash @1;
  rebalance @2;
  rescale @3;
  broadcast @4;
  global @5;
  custom @6;
}

struct JobOperator {
  id @0 :Id;
  node @1 :UInt32;              # index into the nodes of the stream graph
  name @2 :Text;
  uid @3 :Text;
  kind @4 :Text;
  inputs @5 :List(ChainedInput);
}

struct ChainedInput {
  from @0 :UInt32;              # an operator of the same vertex, before this one
  output @1 :UInt32;            # 0: its records; n: its side output n - 1
}

struct JobVertex {
  id @0 :Id;
  name @1 :Text;
  parallelism @2 :UInt32;       # from 1 to maxParallelism
  maxParallelism @3 :UInt32;    # at most 32768
  slotSharingGroup @4 :Text;
  operators @5 :List(JobOperator);
}

struct JobEdge {
  fromVertex @0 :UInt32;        # smaller than toVertex
  fromOperator @1 :UInt32;
  toVertex @2 :UInt32;
  toOperator @3 :UInt32;
  input @4 :UInt32;             # of the consuming operator
  graphEdge @5 :UInt32;         # index into the inputs of the consuming node of the stream graph
  how @6 :Partitioning;         # forward only between equal parallelisms
  record @7 :Text;
  recordLayout @8 :UInt64;
  fromOutput @9 :UInt32;        # as ChainedInput.output
}

enum StateBackend {
  ofWorker @0;                  # what the configuration of the worker says
  hashmap @1;
  leveldb @2;
}

struct JobGraph {
  name @0 :Text;
  bufferTimeoutMs @1 :Int64;    # 0: each record at once, -1: only full batches
  vertices @2 :List(JobVertex);
  edges @3 :List(JobEdge);
  watermarkIntervalMs @4 :Int64; # 0: a watermark behind every batch
  stateBackend @5 :StateBackend;
}
