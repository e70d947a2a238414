"""Bugs of sinks and sources. C and a number: of the table in the protocol of checkpoints."""

from bugs import Bug, Test, seeds

FILE_SINK = "src/connectors/text_sinks/part_files.cpp"
SINK = "include/weir/detail/transactional_operator.hpp"
TWO_PHASES = "src/operators/two_phase_commit.cpp"

SINKS = Test("unit_operators", "whatever fails and whenever, each record shows once, in a complete checkpoint, and nothing*")
LOST_JOBS = Test("unit_task", "a job that is lost at any moment, and goes on at any parallelism, shows each result once")
POWER = Test("unit_connectors", "power that goes at any operation neither loses nor doubles a line of a complete checkpoint")
ENDED = Test("unit_connectors", "a process that ends at any operation neither loses nor doubles a line")
LATE = Test("unit_connectors", "an attempt that goes on after it was given up does no harm, whenever the next one is in*")
LATER = Test("unit_connectors", "nor does it when it goes on between two operations of the next one")

BUGS = [
    Bug("C1", "a sink commits when a checkpoint is complete",
        [(TWO_PHASES, "  is_open_ = false;\n}", "  is_open_ = false;\n  on_checkpoint_completed(checkpoint);\n}")],
        [SINKS, LOST_JOBS, seeds(400)]),
    Bug("C5", "an aborted checkpoint takes nothing with it",
        [("include/weir/detail/two_phase_commit.hpp", "  /// Without checkpoints this commits.",
          "  void drop(std::uint64_t id) { std::erase_if(prepared_, [=](auto& t) { return t.checkpoint == id; }); }"),
         (SINK, "  void end_of_input(",
          "  void on_checkpoint_aborted(std::uint64_t id) override { phases_.drop(id); }\n  void end_of_input(")],
        [LOST_JOBS]),
    Bug("C6", "a sink that goes on commits what the snapshot lists",
        [(TWO_PHASES, "    output_.commit(prepared_.front().handle);\n  if (!context.goes_back())",
          "    ;\n  if (!context.goes_back())")],
        [SINKS, LOST_JOBS, seeds(400)]),
    Bug("C8", "what the snapshot does not list is not committed",
        [(SINK, "      sink_.abort(handle);\n", "      sink_.commit(handle);\n"),
         (TWO_PHASES, "    output_.abort(prepared_.front().handle);\n", "    output_.commit(prepared_.front().handle);\n")],
        [LOST_JOBS, seeds(400)]),
    Bug("C9", "what earlier attempts left is aborted", [(TWO_PHASES, "    output_.abort_leftovers();\n", "    ;\n")],
        [SINKS, LOST_JOBS, seeds(400)]),
    Bug("C10", "earlier attempts are fenced", [(TWO_PHASES, "  output_.fence();\n", "")], [SINKS, seeds(400)]),
    Bug("C11", "the fence comes before the leftovers are aborted",
        [(TWO_PHASES, "  output_.fence();\n", ""),
         (TWO_PHASES, "    output_.abort_leftovers();\n", "    output_.abort_leftovers();\n  output_.fence();\n")],
        [SINKS, seeds(400)]),
    Bug("C12", "a checkpoint commits for those before it as well",
        [(TWO_PHASES, "prepared_.front().checkpoint <= checkpoint", "prepared_.front().checkpoint == checkpoint")],
        [SINKS, seeds(400)]),
    Bug("C13", "a snapshot lists all that is prepared",
        [(TWO_PHASES, "    append_element(to.emplace_back(), each);",
          "    if (to.clear(); true)\n      append_element(to.emplace_back(), each);")], [SINKS, seeds(400)]),
    Bug("C14", "what is prepared is committed in its order",
        [(TWO_PHASES, "    prepared_.push_back(std::move(each));", "    prepared_.push_front(std::move(each));"),
         (TWO_PHASES, "  std::ranges::stable_sort(prepared_, {}, &transaction::checkpoint);\n", "")], [SINKS, seeds(400)]),
    Bug("C15", "to commit what is committed is success",
        [(FILE_SINK, "if (!is_pending && !is_committed(of, path))", "if (!is_pending)")], [POWER, ENDED]),
    Bug("C15b", "what is in the place of a part is compared with it",
        [(FILE_SINK, "there->size == of.size && measure(*files_, path) == std::pair{of.size, of.checksum}", "true")],
        [Test("unit_connectors", "what was committed before is known again by its length and checksum")]),
    Bug("C22", "a sink that waits for a commit is not done",
        [(SINK, "return phases_.committed();", "return true;")], [LOST_JOBS]),
    Bug("C30", "the position of a source is that of the barrier",
        [("include/weir/detail/stage_operator.hpp", "    run(next, until);\n    given_ += until - next;\n    left_.read_to(until);",
          "    run(next, until);\n    given_ += until - next;\n    left_.read_to(until - 1);\n    if (until == left_.front().end)\n      left_.read_to(until);")],
        [LOST_JOBS]),
    Bug("C35", "a sink does not go back behind what it has committed",
        [(TWO_PHASES, "if (context.goes_back())\n    if", "if (false)\n    if")], [SINKS, seeds(400)]),
    Bug("C35b", "what is prepared stays while it is open whether the job goes back",
        [(TWO_PHASES, "  if (!context.goes_back())\n    abort_leftovers();", "  abort_leftovers();")], [SINKS, seeds(1000)]),
    Bug("S1", "a part is synced before it counts as prepared", [(FILE_SINK, "  check(file_->sync());\n", "")], [POWER]),
    Bug("S2", "and so is its name", [(FILE_SINK, "  check(files_->sync_folder(folder_->pending(self_)));\n", "")],
        [POWER]),
    Bug("S3", "a committed name is synced", [(FILE_SINK, "  check(files_->sync_folder(of.folder));\n", "")], [POWER]),
    Bug("S4", "the folders of earlier attempts are fenced and removed",
        [(FILE_SINK, "return other.job == job &&", "return false && other.job == job &&")], [LATE, LATER]),
    Bug("S5", "an attempt that comes too late ends",
        [(FILE_SINK, "other.subtask == self_.subtask && other.attempt > self_.attempt", "false")],
        [Test("unit_connectors", "an attempt that comes too late says so, and leaves nothing")]),
    Bug("S6", "what another subtask follows is left alone",
        [(TWO_PHASES, "each.subtask % parallelism_ == subtask_", "each.subtask == subtask_")],
        [SINKS, LOST_JOBS, Test("unit_connectors", "at another parallelism what all subtasks prepared is committed, and what*")]),
]
