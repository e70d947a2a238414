// Where a job with local copies of its state is restarted.
#include "restarting_job.hpp"

using namespace weir;

namespace {

struct job_with_copies : restarting_job {
  job_with_copies()
      : restarting_job{line_of({{"source", 2}, {"sink", 1}}), fixed_delay{.attempts = 3, .delay = 100ms},
                       true} {}
};

} // namespace

TEST_CASE_FIXTURE(job_with_copies,
                  "tasks that lost their slots go back to the processes that have their state") {
  run();
  CHECK(at(0, 0).checkpoints->local_copies);
  std::map<subtask_place, incarnation_id> before;
  for (const auto& [place, task] : tasks)
    before[place] = task.session.worker;
  lose_worker(session_of(1));
  CHECK(all<slots_needed>(wanted).back().preferred == slot_preference{{process_numbered(1), 1}});
  lose_worker(session_of(2));
  CHECK(all<slots_needed>(wanted).back().preferred ==
        slot_preference{{process_numbered(1), 1}, {process_numbered(2), 1}});
  pass(0ms);
  pass(100ms);
  // In the other order than at first.
  offer_one(session_of(2, 2), 7);
  offer_one(session_of(1, 2), 8);
  CHECK(state() == job_state::running);
  for (const auto& [place, task] : tasks)
    CHECK(task.session.worker == before.at(place));
}

TEST_CASE_FIXTURE(job_with_copies, "tasks whose process is gone begin elsewhere at once") {
  run();
  lose_worker(session_of(1));
  let_end();
  pass(0ms);
  pass(100ms);
  offer_one(session_of(3), 7);
  CHECK(state() == job_state::running);
}

TEST_CASE_FIXTURE(restarting_job, "without local copies no worker is preferred") {
  run();
  CHECK_FALSE(at(0, 0).checkpoints->local_copies);
  lose_worker(session_of(1));
  CHECK(all<slots_needed>(wanted).back().preferred.empty());
}
