#include "state/local_copy_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

using namespace weir;

namespace {

const job_id one_job{{.high = 1, .low = 1}}, other_job{{.high = 1, .low = 2}};

local_copy_ptr copy_of(std::uint32_t subtask, checkpoint_id checkpoint, checkpoint_id base = 0,
                       job_id job = one_job) {
  local_copy copy;
  copy.job = job;
  copy.name.subtask = subtask;
  copy.name.checkpoint = checkpoint;
  copy.base = base;
  copy.original = to_string(job) + "/" + to_string(copy.name);
  return std::make_shared<const local_copy>(std::move(copy));
}

/// "subtask/checkpoint" of each, in order.
std::set<std::string> names(const local_copy_index::copies& copies) {
  std::set<std::string> found;
  for (const auto& copy : copies)
    CHECK(found.insert(std::to_string(copy->name.subtask) + "/" + std::to_string(copy->name.checkpoint))
              .second);
  return found;
}

using set = std::set<std::string>;

struct index_fixture {
  local_copy_index index;

  void add(std::uint32_t subtask, checkpoint_id checkpoint, checkpoint_id base = 0) {
    index.add(copy_of(subtask, checkpoint, base));
  }
  bool has(std::uint32_t subtask, checkpoint_id checkpoint) {
    return index.find(copy_of(subtask, checkpoint)->original) != nullptr;
  }
};

} // namespace

TEST_CASE_FIXTURE(index_fixture, "a copy is found by the path of its original alone") {
  add(0, 1);
  auto found = index.find(copy_of(0, 1)->original);
  REQUIRE(found);
  CHECK(found->name.checkpoint == 1);
  CHECK_FALSE(index.find(copy_of(0, 1, 0, other_job)->original));
  CHECK_FALSE(has(0, 2));
}

TEST_CASE_FIXTURE(index_fixture, "full copies go when a later checkpoint is complete, of all subtasks") {
  for (std::uint32_t subtask : {0u, 1u})
    for (checkpoint_id id : {1u, 2u, 3u})
      add(subtask, id);
  CHECK(names(index.on_completed(one_job, 2)) == set{"0/1", "1/1"});
  CHECK(index.on_completed(one_job, 2).empty());
  CHECK(has(0, 2));
  CHECK(has(0, 3)); // may still become complete
  CHECK(names(index.on_completed(one_job, 4)) == set{"0/2", "0/3", "1/2", "1/3"});
  CHECK_FALSE(index.knows(one_job));
}

TEST_CASE_FIXTURE(index_fixture, "changes keep all that they are based on, down to the full one") {
  add(0, 1);
  add(0, 2, 1);
  add(0, 3, 2);
  add(1, 1);
  add(1, 2);
  CHECK(names(index.on_completed(one_job, 3)) == set{"1/1", "1/2"});
  CHECK(has(0, 1));
  add(0, 4); // full: a new chain
  CHECK(index.on_completed(one_job, 3).empty());
  CHECK(names(index.on_completed(one_job, 4)) == set{"0/1", "0/2", "0/3"});
}

TEST_CASE_FIXTURE(index_fixture,
                  "what an unfinished checkpoint is based on stays although a newer one is full") {
  add(0, 1);
  add(0, 2);
  add(0, 3, 1); // based on 1, while 2 was not complete
  CHECK(index.on_completed(one_job, 2).empty());
  CHECK(names(index.on_aborted(one_job, 3)) == set{"0/3"});
  CHECK(names(index.on_completed(one_job, 2)) == set{"0/1"});
}

TEST_CASE_FIXTURE(index_fixture, "a restart leaves the chain of its checkpoint, and nothing of later ones") {
  add(0, 1);
  add(0, 2, 1);
  add(0, 3, 2);
  add(1, 1);
  CHECK(names(index.on_restored(one_job, 2)) == set{"0/3", "1/1"});
  CHECK(has(0, 1));
  CHECK(index.on_restored(one_job, 2).empty());
  CHECK(names(index.on_restored(one_job, 0)) == set{"0/1", "0/2"});
}

TEST_CASE_FIXTURE(index_fixture, "a file that nobody will hear of is taken out alone") {
  add(0, 1);
  add(0, 2, 1);
  CHECK(names(index.discard(copy_of(0, 2)->original)) == set{"0/2"});
  CHECK(index.discard(copy_of(0, 2)->original).empty());
  CHECK(has(0, 1));
}

TEST_CASE_FIXTURE(index_fixture, "a job that is forgotten takes its copies with it, and none of others") {
  add(0, 1);
  add(1, 2, 1);
  index.add(copy_of(0, 1, 0, other_job));
  CHECK(names(index.forget(one_job)) == set{"0/1", "1/2"});
  CHECK_FALSE(index.knows(one_job));
  CHECK(index.knows(other_job));
  CHECK(index.on_completed(one_job, 9).empty());
}

TEST_CASE_FIXTURE(index_fixture, "whatever comes, the chain of the newest complete checkpoint is whole") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    local_copy_index of;
    std::map<checkpoint_id, checkpoint_id> base_of; // the task's own account
    checkpoint_id complete = 0;
    for (checkpoint_id id = 1; id <= 30; ++id) {
      base_of[id] = random() % 4 == 0 ? 0 : complete;
      of.add(copy_of(0, id, base_of[id]));
      switch (random() % 4) {
      case 0:
        of.on_aborted(one_job, id);
        break;
      case 1:
        of.on_restored(one_job, complete);
        break;
      default:
        complete = id;
        of.on_completed(one_job, id);
      }
      std::size_t length = 0;
      for (checkpoint_id at = complete; at != 0; at = base_of[at], ++length)
        CHECK(of.find(copy_of(0, at)->original));
      CHECK(of.on_restored(one_job, complete).size() == 0);
      CHECK(of.forget(other_job).empty());
      // And nothing else is kept: the disk is bounded.
      local_copy_index again = of;
      CHECK(again.forget(one_job).size() == length);
    }
  }
}
