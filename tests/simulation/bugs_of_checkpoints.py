"""Bugs of checkpoints: who takes them, keeps them and goes back to them. The numbers are those of the table of planted
bugs in the protocol of checkpoints."""

from bugs import Bug, Test, core, seeds

ALIGNER = "src/exchange/barrier_aligner.cpp"
COMPLETED = "src/scheduler/completed_checkpoints.cpp"
COORDINATOR = "src/scheduler/checkpoint_coordinator.cpp"
DISPATCHER = "src/scheduler/dispatcher_core.cpp"
FENCE = "src/base/fenced_folder.cpp"
JOB = "src/scheduler/job_manager_core.cpp"
STEPS = "src/scheduler/checkpoint_steps.cpp"
STORE = "src/state/checkpoint_store.cpp"
SWEEP = "src/state/checkpoint_sweep.cpp"
TASK = "src/task/task_checkpoints.cpp"

STORE_IT = "  out_.emplace_back(store_checkpoint{storing_->checkpoint});"
IS_STRAY = "!found->second.awaits(message.attempt)) {\n"

# The store covers for the coordinator: it deletes nothing that metadata names.
DELETES_ALL = (SWEEP, " && !named_.contains(path);", ";")

IDS_FORGOTTEN = [
    (STORE, """      reserved.insert(*id);
    if (auto id = read_checkpoint_folder_name(name_of(entry.path)))
""", """      reserved.insert(*id);
    if (auto id = read_checkpoint_folder_name(name_of(entry.path)); id && files_.info(folders_.metadata(*id)))
"""),
    (STORE, "      next_id_ = std::max(next_id_, name->checkpoint + 1);\n", "      ;\n"),
    (STORE, "    next_id_ = std::max(next_id_, reserved_below_);\n", ""),
]

BUGS = [
    Bug("C2", "what comes behind a barrier waits for the other barriers",
        [(ALIGNER, "    channels_[channel].blocked = true;", "    ;")], [seeds(400)]),
    Bug("C3", "a checkpoint is told to be complete once its metadata is durable",
        [(STEPS, STORE_IT, "  tell_all<checkpoint_completed>(storing_->checkpoint.id);\n" + STORE_IT)], [seeds(400)]),
    Bug("C4", "the newest complete checkpoint is restored",
        [(COMPLETED, "    return &retained_.rbegin()->second;", "    return &retained_.begin()->second;")], [seeds(400)]),
    Bug("C16", "no checkpoint that is under way survives a restart",
        [(COORDINATOR, "  for (checkpoint_id id : open)\n    abort(id, why, wall_ms);\n", "")], [seeds(2000)]),
    Bug("C17", "an id is durable before it is given out", IDS_FORGOTTEN, [seeds(400)]),
    Bug("C18", "C17, and an acknowledgement counts from the present attempt only",
        IDS_FORGOTTEN + [(COORDINATOR, "  if (!present || found == pending_.end() || !found->second.awaits(message.attempt)) {",
                          "  if (found == pending_.end()) {")], [seeds(400)]),
    Bug("C20", "an old checkpoint is removed once the new one is durable",
        [(STEPS, STORE_IT, "  if (restore_point())\n    out_.emplace_back(remove_checkpoint{job_, restore_point()->id});\n" + STORE_IT)],
        [seeds(400)]),
    Bug("C21", "a task ends once a checkpoint with its end is complete",
        [(TASK, "  data_ended_ = true;", "  data_ended_ = final_ = true;")], [seeds(400)]),
    Bug("C23", "a channel that has ended counts as aligned",
        [(TASK, "  return take(aligner_.on_end(channel));",
          "  return channel < sources_ ? result<void>{} : take(aligner_.on_end(channel));")], [seeds(400)]),
    Bug("C24", "a task that has finished counts as one that has acknowledged",
        [(COORDINATOR, "      each.finish(attempt);\n", "      ;\n")], [seeds(400)]),
    Bug("C25", "an abort releases what its checkpoint blocks",
        [(ALIGNER, "  if (alignments_.erase(checkpoint) > 0 && mode_ == mode::exactly_once)\n    release();", "")],
        [Test("unit_exchange", "giving up the checkpoint that is being aligned lets its channels go on; another one's does not")]),
    Bug("C26", "the barrier of an aborted checkpoint means nothing", [(ALIGNER, " || aborted_.contains(id)", "")],
        [Test("unit_exchange", "barriers of a checkpoint that was given up are swallowed, however late they come")]),
    Bug("C27", "an abort leaves the alignment of another checkpoint alone",
        [(ALIGNER, "  if (alignments_.erase(checkpoint) > 0 && mode_ == mode::exactly_once)",
          "  if (std::exchange(alignments_, {}).size() > 0)")], [Test("unit_exchange", "giving up the checkpoint that is being aligned lets its channels go on; another one's does not")]),
    Bug("C28", "a lower barrier does not take the place of a higher one",
        [(ALIGNER, "    if (id < aligning())\n      return std::nullopt;\n    if (id > aligning())", "    if (id != aligning())")],
        [Test("unit_exchange", "a barrier of a later checkpoint ends the alignment of an earlier one, never the reverse")]),
    Bug("C29", "every task hears that a checkpoint is complete", [(STEPS, "  tell_all<checkpoint_completed>(id);\n", "")],
        [seeds(400)]),
    Bug("C29b", "every task hears that a checkpoint was aborted", [(STEPS, "  tell_all<checkpoint_aborted>(id);\n", "")],
        [core("a checkpoint that a task declines is over, and every task hears so [29]")]),
    Bug("C31", "checkpoints are removed once the job's end is durable",
        [(JOB, "  out.emplace_back(store_end{",
          "  perform(checkpoints_.on_end(*next), wall_ms, out);\n  out.emplace_back(store_end{")],
        [core("checkpoints go only once the end of the job is stored [31]"), seeds(400)]),
    Bug("C31b", "what an ended job left of checkpoints goes under a later master",
        [(DISPATCHER, "      if (known.record.checkpoints)\n", "      if (false)\n")],
        [core("a master that starts removes what jobs have left of checkpoints, however they ended"), seeds(2000)]),
    Bug("C32", "a task goes back to a complete checkpoint, not to what it acknowledged",
        [(COORDINATOR, "    files_.hold(file.path);\n  found->second", """    files_.hold(file.path);
  if (auto* own = const_cast<completed_subtask*>(
          find_subtask(restore_point(), execution_.graph().vertices[vertex].id, subtask))) {
    for (const snapshot_handle& file : *chain)
      files_.hold(file.path);
    own->chain = *chain;
  }
  found->second""")], [seeds(400)]),
    Bug("C33", "what has finished goes on from its end",
        [("src/scheduler/pending_checkpoint.cpp", "          subtask.chain = then->chain;",
          "          subtask.chain.clear();")], [seeds(400)]),
    Bug("C34", "a replaced master completes nothing (C47)",
        [(FENCE, "  if (auto written = write_own(own, bytes); !written) {",
          "  own = path_ + \"/.new-\" + own.substr(own.rfind('/') + 1);\n"
          "  if (auto written = write_own(own, bytes); !written) {")], [seeds(400)]),
    Bug("C36", "a cancel waits for what is being completed",
        [(JOB, "    if (checkpoints_.is_storing())\n      break;", "    if (false)\n      break;")],
        [core("a cancel comes behind the notice of a checkpoint that completes [36]"), seeds(400)]),
    Bug("C37", "what sinks of a canceled job leave is finalized",
        [("src/scheduler/job_manager_outputs.cpp", "  if (finalizers_.done() ||", "  if (true || finalizers_.done() ||")],
        [seeds(400)]),
    Bug("C44", "changes build on a complete checkpoint",
        [(STEPS, "  return base->id;", "  return pending_.empty() ? base->id : pending_.rbegin()->first;")], [seeds(400)]),
    Bug("C45", "the base of a checkpoint that is under way stays",
        [(STEPS, "any_of(pending_, [&](const auto& each) { return each.second.may_build_on(id); });",
          "any_of(pending_, [&](const auto&) { return id == 0; });")],
        [core("a base stays while a checkpoint that may build on it is under way [45]")]),
    Bug("C46", "a replaced master deletes nothing",
        [(FENCE, "result<void> fenced_folder::discard(const std::string& path) {\n",
          "result<void> fenced_folder::discard(const std::string& path) {\n  if (auto gone = files_.remove(path); gone)\n    return gone;\n")],
        [Test("unit_state", "the late deletion of an old master does not take a file that a new checkpoint needs"), seeds(400)]),
    Bug("C48", "a late acknowledgement takes only its own file with it",
        [(COORDINATOR, IS_STRAY, IS_STRAY + """    const job_vertex& of = execution_.graph().vertices[message.attempt.vertex];
    if (const auto* base = find_subtask(completed_.find(message.state.base), of.id, message.attempt.subtask))
      for (const snapshot_handle& file : base->chain)
        out_.emplace_back(delete_files{job_, {file.path}});
"""), DELETES_ALL], [seeds(400)]),
    Bug("C49", "the file of a late acknowledgement is deleted",
        [(COORDINATOR, IS_STRAY + "    discard(message.state);", IS_STRAY)], [core("what comes for a checkpoint that is over is deleted, and no more than that [49]")]),
    Bug("C50", "what earlier masters left is swept up", [(SWEEP, "    return name.epoch < fence_->epoch();", "    return false;")],
        [seeds(400)]),
    Bug("C51", "a sweep leaves what is under way alone",
        [(SWEEP, "  return name.checkpoint < next_id_ && !under_way_.contains(name.checkpoint);", "  return true;")],
        [seeds(400)]),
    Bug("C52", "files are deleted once no metadata names them",
        [(COMPLETED, "      each.at = removal::asked;", "      each.at = removal::done;"), DELETES_ALL,
         (STEPS, """    history_.on_discarded(id);
    out_.emplace_back(remove_checkpoint{job_, id});
""", """    history_.on_discarded(id);
    delete_unneeded();
    out_.emplace_back(remove_checkpoint{job_, id});
""")],
        [core("the one before goes when the new one is stored, its files after its metadata [20, 52]"), seeds(400)]),
]
