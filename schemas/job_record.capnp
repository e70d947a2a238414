@0xa95e3c18f07d42b1;

# What the master keeps of a job over its own end: docs/formats/job-record.md has the bytes around it.
# `wire/job_record_codec.cpp` reads and checks it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("weir::schema");

using Control = import "control.capnp";
using Graph = import "graph.capnp";
using Id = Graph.Id;

enum RecordState {
  # In the order of weir::record_state.
  submitted @0;
  cancelRequested @1;
  ended @2;
}

enum JobState {
  # In the order of weir::job_state.
  initializing @0;
  created @1;
  running @2;
  failing @3;
  failed @4;
  cancelling @5;
  canceled @6;
  finished @7;
  restarting @8;
}

struct TaskStateTime {
  state @0 :Control.TaskState;
  wallMs @1 :Int64;
}

struct TaskStateCount {
  state @0 :Control.TaskState;
  count @1 :UInt32;
}

struct JobStateTime {
  state @0 :JobState;
  wallMs @1 :Int64;
}

struct EndedSubtask {
  attempt @0 :Control.Attempt;
  state @1 :Control.TaskState;
  worker @2 :Text;
  host @3 :Text;
  entered @4 :List(TaskStateTime);
  metrics @5 :Control.Metrics;
  measurements @6 :Control.Measurements; # absent: there are none
}

struct EndedVertex {
  subtasks @0 :List(EndedSubtask);
}

struct Failure {
  cause @0 :Text;
  task @1 :Text;
  worker @2 :Text;
  wallMs @3 :Int64;
}

struct EndedJob {
  # How the job ended, for people. Specification and graph are those of the record.
  name @0 :Text;
  state @1 :JobState;           # a last one
  startWallMs @2 :Int64;
  endWallMs @3 :Int64;
  lastModifiedWallMs @4 :Int64;
  tasks @5 :List(TaskStateCount);
  entered @6 :List(JobStateTime);
  vertices @7 :List(EndedVertex);
  failures @8 :List(Failure);   # newest first
  results @9 :List(Control.TaskResult);
  resultsDropped @10 :Bool;
}

struct EndedCheckpoints {
  # A master that finds this removes what the job has left below the directory; of `retained` checkpoints
  # the completed ones stay. It stores the record without this when that is done.
  directory @0 :Text;
  retained @1 :Bool;
}

struct JobRecord {
  # A master that finds one that is not ended starts the job; with cancelRequested it cancels it.
  id @0 :Id;
  spec @1 :Graph.JobSpec;
  graph @2 :Graph.JobGraph;
  state @3 :RecordState;
  end @4 :EndedJob;             # of an ended job
  checkpoints @5 :EndedCheckpoints; # of an ended job; absent: nothing is to be removed
}
