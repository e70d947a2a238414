#!/usr/bin/env python3
"""Removes rules of the control protocol from the code, one by one, and sees whether the tests notice.

    planted_bugs.py FOLDER [NAME...]

Copies the sources to FOLDER and builds there: minutes the first time, then seconds for each bug. NAME is one of the
list below, such as M6; without any, all are planted. Each test that a bug names has to pass on the sound code and to
fail on the planted one. Ends with status 1 if one does not, or if a text to replace does not stand in its file
exactly once, so that the list cannot fall behind the code.
"""

import filecmp
import pathlib
import re
import shutil
import subprocess
import sys
from collections import namedtuple

TOP = pathlib.Path(__file__).resolve().parents[2]
SECONDS_MAX = 300  # a test that takes longer does not end: caught

PROGRAMS = {
    "unit_scheduler": ["tests/unit/scheduler/unit_scheduler"],
    "unit_connectors": ["tests/unit/connectors/unit_connectors"],
    "unit_operators": ["tests/unit/operators/unit_operators"],
    "unit_task": ["tests/unit/task/unit_task"],
    "unit_exchange": ["tests/unit/exchange/unit_exchange"],
    "unit_actors": ["tests/unit/actors/unit_actors"],
    "simulation": ["tests/simulation/simulation", "--seeds", "300"],
}

Test = namedtuple("Test", "program name")
Bug = namedtuple("Bug", "name rule changes tests")  # changes: (file, text, replacement)

CHAIN_CHECKPOINTS = "src/operators/operator_chain_checkpoints.cpp"
DISPATCHER = "src/scheduler/dispatcher_core.cpp"
ENDS = "src/exchange/channel_ends.cpp"
JOB = "src/scheduler/job_manager_core.cpp"
FILE_SINK = "src/connectors/text_sinks/part_files.cpp"
JOB_SLOTS = "src/scheduler/job_slots.cpp"
PEERS = "src/scheduler/worker_peers.cpp"
REQUESTS = "src/scheduler/slot_requests.cpp"
RESOURCES = "src/scheduler/resource_manager_core.cpp"
SINK = "include/weir/detail/transactional_operator.hpp"
TIMERS = "src/scheduler/worker_timers.cpp"
TWO_PHASES = "src/operators/two_phase_commit.cpp"
WORKER = "src/scheduler/worker_core.cpp"


def core(name):
    return Test("unit_scheduler", name)


WALK = core("whatever breaks and whenever, every job ends, every slot is free and every worker is back")
SINKS = Test("unit_operators", "whatever fails and whenever, each record shows once, in a complete checkpoint, and nothing*")
LOST_JOBS = Test("unit_task", "a job that is lost at any moment, and goes on at any parallelism, shows each result once")
POWER = Test("unit_connectors", "power that goes at any operation neither loses nor doubles a line of a complete checkpoint")
ENDED = Test("unit_connectors", "a process that ends at any operation neither loses nor doubles a line")
LATE = Test("unit_connectors", "an attempt that goes on after it was given up does no harm, whenever the next one is in*")
LATER = Test("unit_connectors", "nor does it when it goes on between two operations of the next one")
ANY_ORDER = Test("simulation", "word count gives the right result, whatever the order of events")
CANCELS = Test("simulation", "a job that is canceled ends, whatever it was about to do, and frees its slots")
BREAKS = Test("simulation", "a break between workers ends the job, unless no data was lost with it")
FAULTS = Test("simulation", "faults at any moment end the job, free every slot and leave every worker registered")

FREE_AT_TIMEOUT = (TIMERS, "tell(offer{session_, i, slot.allocation, slot.job});",
                   "tell(freed{session_, i, slot.allocation}), slots_.free(i);")

BUGS = [
    Bug("M1", "W4: a message of another session is dropped",
        [(WORKER, "each.session == session_ && was_sent_", "true")],
        [WALK, core("messages of another session change nothing")]),
    Bug("M2", "J5: an update counts only for the present attempt",
        [("src/scheduler/execution_graph.cpp", "present.id == id ? &present : nullptr", "&present")],
        [core("an update of another attempt or another session is dropped")]),
    Bug("M3", "R1: a lost session stays lost",
        [(RESOURCES, "session.registration <= known->second.highest_registration", "false")],
        [WALK, core("a session that was lost is never revived by a late register")]),
    Bug("M4", "W1: no registration before every old task has ended",
        [(WORKER, " || !leftovers_.empty()", "")],
        [WALK, FAULTS, core("a lost session voids all: tasks are stopped, slots are free, the number goes up")]),
    Bug("M5", "J6: a job ends when each attempt has",
        [(JOB, "advance(attempt, task_state::canceling, wall_ms)", "advance(attempt, task_state::canceled, wall_ms)")],
        [WALK, core("a failure cancels the rest and the job fails once each has ended")]),
    Bug("M6", "J2: an offer of a lost session is dropped",
        [(JOB_SLOTS, "lost != lost_.end() && message.session.registration <= lost->second", "false")],
        [WALK, core("an offer of a session known to be lost is dropped")]),
    Bug("M7", "choice 3: the router answers for jobs that are gone",
        [("src/actors/master_router.cpp", "constexpr (std::is_same_v<type, offer>)", "constexpr (false)")],
        [CANCELS, Test("unit_actors", "an offer to a job that has ended is rejected, so that the slot is not lost")]),
    Bug("M8", "R3: a heartbeat of a lost session is answered",
        [(RESOURCES, "out.emplace_back(send_to_worker{message.session.worker, unknown_session{message.session}})", "")],
        [core("a heartbeat of a session that was lost makes the worker start anew")]),
    Bug("M9", "R4: a slot is free by its worker's word, not by the job's",
        [(RESOURCES, "requests_.set_need(job, count, std::move(preferred));",
          """requests_.set_need(job, count, std::move(preferred));
  for (const session_id& session : count == 0 ? pool_.sessions_of(job) : std::vector<session_id>{})
    for (const slot_status& slot : pool_.slots_of(session))
      (void)(slot.job == job && pool_.give_back(session, slot.index, slot.allocation));""")],
        [WALK, CANCELS, FAULTS, core("a slot goes to the next job only after its worker has freed it")]),
    Bug("M10", "the number of registration goes up at each reset",
        [(WORKER, "session_.registration += 1;", "")],
        [WALK, core("a lost session voids all: tasks are stopped, slots are free, the number goes up")]),
    Bug("M12", "J3: a loss takes no slots of later sessions",
        [(JOB_SLOTS, " && other.registration <= lost.registration", "")],
        [core("the loss of a session takes its slots and none of a later session")]),
    Bug("M13", "R1: a register loses the session before it",
        [(RESOURCES, 'lose(other, "it registered anew", out)',
          'lose(other, "it registered anew", *std::make_unique<actions>())')],
        [WALK, core("a newer register loses what the worker held before")]),
    Bug("M14", "J1: a job that is canceled needs no slots",
        [(JOB, "return slots_.required();",
          "return slots_.required();\n  case job_state::cancelling:\n    return slots_.required();")],
        [WALK, core("a cancel lowers the need before anything is rejected")]),
    Bug("M15", "R5: lost slots count until the job knows",
        [(REQUESTS, "have += slots;", "have += 0 * slots;")],
        [WALK, core("slots of a lost session count as held until the job has heard of it")]),
    Bug("M16", "J1: a finished subtask needs no other slot",
        [(JOB, "return slots_.held();", "return slots_.required();")],
        [WALK, core("the loss of a worker whose tasks have all finished harms nothing")]),
    Bug("M17", "W6: an offer is repeated, never taken back", [FREE_AT_TIMEOUT],
        [WALK, core("an allocated slot is offered, again and again until the job answers, and never freed")]),
    Bug("M18", "W6 and W7: a deployment without its slot fails",
        [FREE_AT_TIMEOUT,
         (WORKER, "if (!slot || slot->releasing", "if (!slot)\n    return;\n  if (slot->releasing"),
         (WORKER, "tell(allocation_gone{session_, message.slot, message.allocation, message.job});", "return;")],
        [WALK, core("a deployment where the slot is not held fails at once")]),
    Bug("M19", "W6 and W7: a deployment is for one allocation",
        [FREE_AT_TIMEOUT, ("src/scheduler/worker_slots.cpp", " || slots_[index].allocation != allocation", "")],
        [WALK, core("a deployment where the slot is not held fails at once")]),
    Bug("M20", "J2: a repeated offer is accepted again",
        [(JOB_SLOTS, "if (held_.contains(message.allocation))", "if (false)")],
        [core("an offer that is repeated is accepted again and counts once")]),
    Bug("M21", "R2: silence loses the session",
        [(RESOURCES, "session : detector_.lost(now)", "session : std::vector<session_id>{}")],
        [FAULTS, core("silence for the whole timeout loses the session and names the worker")]),
    Bug("M22", "C5: a peer that is silent is dropped",
        [(PEERS, "detector_.lost(now)", "std::vector<incarnation_id>{}")],
        [BREAKS, core("a worker with channels is pinged, and dropped when it stays silent")]),
    Bug("M24", "C1: a producer that is not there yet is not gone",
        [(PEERS, "ended_.count(task) ? presence::ended : presence::not_yet", "presence::ended")],
        [ANY_ORDER, core("a task that is not there yet is not yet, one that has ended is gone")]),
    Bug("M25", "C1: a channel is asked for again",
        [(ENDS, "retry_at_ = now + retry_wait_;\n  retry_wait_ =", "retry_at_ = time_point::max();\n  retry_wait_ =")],
        [ANY_ORDER,
         Test("unit_exchange", "the same opening is asked for again, with a growing wait, until it is answered")]),
    Bug("M26", "C2: credit is a total",
        [(ENDS, "granted_ = opening > opening_ ? granted_total : std::max(granted_, granted_total);",
          "granted_ += granted_total;")],
        [Test("unit_exchange", "grants are totals: one that is repeated or late adds nothing")]),
    Bug("M28", "C4: no channel is opened again once data was sent",
        [(ENDS, "opening > opening_ && sent_ > 0", "false"), (ENDS, "if (sent_ > 0)", "if (false)"),
         (ENDS, "if (received_ > 0)", "if (false)")],
        [BREAKS,
         Test("unit_exchange", "a producer that has sent units fails when the channel breaks or is opened anew")]),
    Bug("M29", "R6: a job gets all the slots it lacks or none",
        [(REQUESTS, "waiting.deadline = now + timeout_;", """waiting.deadline = now + timeout_;
      if (std::uint32_t some = pool.free_slots(); some > 0)
        result.grants.push_back({waiting.job, pool.take(waiting.job, some)});""")],
        [WALK, core("two jobs that need two slots never hold one each")]),
    Bug("M32", "H3: a submission is answered once it is stored",
        [(DISPATCHER, "known->second.at = phase::storing;",
          "known->second.at = phase::storing, out.emplace_back(answer_submit{id, {}});")],
        [core("a submission is answered and started only when it is stored")]),
    Bug("M33", "choice 5: an end is told once it is stored",
        [(DISPATCHER, "of.at = phase::ending;", "of.at = phase::ending, out.emplace_back(confirm_end{of.record.id});")],
        [core("an end is shown and confirmed only when it is stored, and once")]),
    Bug("M35", "B1: a job is taken only with its library",
        [(DISPATCHER, "if (!found) {", "if (false) {")],
        [core("a submission without its library is refused and can be tried again")]),
    Bug("M36", "B1: a library that goes is not there for anyone",
        [("src/scheduler/blob_index.cpp", "each.at = phase::removing;", "")],
        [core("a library that is to go is not there for anyone from then on")]),
    # Those of checkpoints have the numbers of the table in the protocol's description.
    Bug("C1", "a sink commits when a checkpoint is complete",
        [(TWO_PHASES, "  is_open_ = false;\n}", "  is_open_ = false;\n  on_checkpoint_completed(checkpoint);\n}")],
        [SINKS, LOST_JOBS]),
    Bug("C5", "an aborted checkpoint takes nothing with it",
        [("include/weir/detail/two_phase_commit.hpp", "  /// Without checkpoints this commits.",
          "  void drop(std::uint64_t id) { std::erase_if(prepared_, [=](auto& t) { return t.checkpoint == id; }); }"),
         (SINK, "  void end_of_input(",
          "  void on_checkpoint_aborted(std::uint64_t id) override { phases_.drop(id); }\n  void end_of_input(")],
        [LOST_JOBS]),
    Bug("C6", "a sink that goes on commits what the snapshot lists",
        [(TWO_PHASES, "    output_.commit(prepared_.front().handle);\n  output_.abort_leftovers();",
          "    ;\n  output_.abort_leftovers();")],
        [SINKS, LOST_JOBS]),
    Bug("C8", "what the snapshot does not list is not committed",
        [(SINK, "      sink_.abort(handle);\n", "      sink_.commit(handle);\n")], [LOST_JOBS]),
    Bug("C9", "what earlier attempts left is aborted", [(TWO_PHASES, "  output_.abort_leftovers();\n", "")],
        [SINKS, LOST_JOBS]),
    Bug("C10", "earlier attempts are fenced", [(TWO_PHASES, "  output_.fence();\n", "")], [SINKS]),
    Bug("C11", "the fence comes before the leftovers are aborted",
        [(TWO_PHASES, "  output_.fence();\n", ""),
         (TWO_PHASES, "  output_.abort_leftovers();\n", "  output_.abort_leftovers();\n  output_.fence();\n")],
        [SINKS]),
    Bug("C12", "a checkpoint commits for those before it as well",
        [(TWO_PHASES, "prepared_.front().checkpoint <= checkpoint", "prepared_.front().checkpoint == checkpoint")],
        [SINKS]),
    Bug("C13", "a snapshot lists all that is prepared",
        [(TWO_PHASES, "    append_element(to.emplace_back(), each);",
          "    if (to.clear(); true)\n      append_element(to.emplace_back(), each);")], [SINKS]),
    Bug("C14", "what is prepared is committed in its order",
        [(TWO_PHASES, "    prepared_.push_back(std::move(each));", "    prepared_.push_front(std::move(each));"),
         (TWO_PHASES, "  std::ranges::stable_sort(prepared_, {}, &transaction::checkpoint);\n", "")], [SINKS]),
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


def copy_changed(source, target):
    """Leaves what is the same alone, so that ninja builds only what must be."""
    target.mkdir(parents=True, exist_ok=True)
    for each in source.iterdir():
        if each.name in (".git", "__pycache__") or (each / "build.ninja").exists():
            continue
        to = target / each.name
        if each.is_dir():
            copy_changed(each, to)
        elif not to.exists() or not filecmp.cmp(each, to, shallow=False):
            shutil.copy(each, to)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]}:\n{done.stdout[-4000:]}{done.stderr}")


def build(folder, tests):
    run("ninja", "-C", folder / "build", *sorted({PROGRAMS[test.program][0] for test in tests}))


def passes(folder, test):
    program, *options = PROGRAMS[test.program]
    pattern = test.name.replace(",", "?")  # a comma would end it
    try:
        done = subprocess.run([folder / "build" / program, *options, "-tc=" + pattern], capture_output=True, text=True,
                              errors="replace", timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return False
    if done.returncode == 0 and not re.search(r"test cases:\s*1 \|", done.stdout):
        sys.exit(f"there is no test '{test.name}' in {test.program}")
    return done.returncode == 0


def planted(bug, tree):
    """The files that change: path to text without and with it."""
    files = {}
    for name, text, replacement in bug.changes:
        sound, broken = files.get(tree / name) or [(tree / name).read_text()] * 2
        if broken.count(text) != 1:
            sys.exit(f"{bug.name}: not once but {broken.count(text)} times in {name}:\n{text}")
        files[tree / name] = sound, broken.replace(text, replacement)
    return files


def missed_by(bug, folder):
    """The tests that pass in spite of the bug."""
    files = planted(bug, folder / "tree")
    try:
        for path, (_, broken) in files.items():
            path.write_text(broken)
        build(folder, bug.tests)
        return [test for test in bug.tests if passes(folder, test)]
    finally:
        for path, (sound, _) in files.items():
            path.write_text(sound)


def main(folder, *names):
    folder = pathlib.Path(folder).resolve()
    bugs = [bug for bug in BUGS if not names or bug.name in names]
    copy_changed(TOP, folder / "tree")
    for bug in bugs:
        planted(bug, folder / "tree")
    if not (folder / "build" / "build.ninja").exists():
        run("meson", "setup", "-Ddebug=false", folder / "build", folder / "tree")
    tests = {test for bug in bugs for test in bug.tests}
    build(folder, tests)
    for test in sorted(tests):
        if not passes(folder, test):
            sys.exit(f"{test.program} fails without any bug planted: {test.name}")
    status = 0
    for bug in bugs:
        missed = missed_by(bug, folder)
        print(f"{'MISSED' if missed else 'caught'} {bug.name:4} {bug.rule}", flush=True)
        for test in missed:
            print(f"       by {test.program}: {test.name}")
            status = 1
    sys.exit(status)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
