"""Bugs of the control protocol."""

from bugs import Bug, Test, core

DISPATCHER = "src/scheduler/dispatcher_core.cpp"
ENDS = "src/exchange/channel_ends.cpp"
JOB = "src/scheduler/job_manager_core.cpp"
JOB_SLOTS = "src/scheduler/job_slots.cpp"
PEERS = "src/scheduler/worker_peers.cpp"
REQUESTS = "src/scheduler/slot_requests.cpp"
RESOURCES = "src/scheduler/resource_manager_core.cpp"
TIMERS = "src/scheduler/worker_timers.cpp"
WORKER = "src/scheduler/worker_core.cpp"

WALK = core("whatever breaks and whenever, every job ends, every slot is free and every worker is back")
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
        [("src/scheduler/execution_graph.cpp", "attempts_[id.vertex][id.subtask].id == id;", "true;")],
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
        [(JOB, "if (is_collecting() || life_.is(job_state::running) ||",
          "if (is_collecting() || life_.is(job_state::running) || life_.is(job_state::cancelling) ||")],
        [core("a cancel lowers the need before anything is rejected")]),
    Bug("M15", "R5: lost slots count until the job knows",
        [(REQUESTS, "have += slots;", "have += 0 * slots;")],
        [WALK, core("slots of a lost session count as held until the job has heard of it")]),
    Bug("M16", "J1: a finished subtask needs no other slot",
        [(JOB_SLOTS, "  auto& highest = lost_[session.worker];\n", """  for (const auto& [slot, allocation] : assigned_)
    if (const slot_grant* grant = assigned(slot); grant && covers(session, grant->session))
      wanted_.insert(slot);
  auto& highest = lost_[session.worker];
""")],
        [core("the loss of a worker whose tasks have all finished harms nothing")]),
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
]
