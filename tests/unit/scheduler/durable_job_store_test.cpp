#include "scheduler/durable_job_store.hpp"

#include "../wire/random_messages.hpp"
#include "base/log.hpp"
#include "simulation/disk_platform.hpp"
#include "small_jobs.hpp"
#include "wire/job_record_codec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>

using namespace weir;
using simulation::fault_at;
using simulation::simulated_disk;
using fault = simulated_disk::fault;

namespace {

job_record record_of(std::uint64_t job, record_state state = record_state::submitted) {
  job_record record;
  record.id = job_numbered(job);
  record.spec.name = "job " + std::to_string(job);
  record.graph = line_of({{"a"}, {"b"}});
  record.state = state;
  if (state == record_state::ended) {
    job_details end;
    end.summary.state = job_state::finished;
    end.results = {{"counts", std::string(1000, 'x')}};
    record.end = std::make_shared<const job_details>(end);
  }
  return record;
}

/// What is known of each job.
using states = std::map<job_id, record_state>;

states states_of(const job_store& store) {
  states all;
  for (const job_record& record : store.all())
    all.emplace(record.id, record.state);
  return all;
}

/// One life of a master on a disk.
struct master_life {
  explicit master_life(simulated_disk& disk) : environment{disk} {
    auto taken = fenced_folder::take_next(disk, "ha");
    REQUIRE_MESSAGE(taken, taken.failure().message());
    fence = std::move(*taken);
    auto opened = open_durable_job_store(environment, fence, "ha/jobs", [this](const error&) { ++fenced; });
    REQUIRE_MESSAGE(opened, opened.failure().message());
    store = std::move(*opened);
  }

  void put(const job_record& record) {
    store->put(record, [this] { ++landed; });
  }

  simulation::disk_platform environment;
  std::shared_ptr<fenced_folder> fence;
  std::unique_ptr<job_store> store;
  int landed = 0;
  int fenced = 0;
};

simulated_disk empty_disk() {
  simulated_disk disk;
  REQUIRE(disk.create_folders("ha"));
  REQUIRE(disk.sync_folder("."));
  return disk;
}

using change = std::function<void(job_store&, std::function<void()>)>;

change put(std::uint64_t job, record_state state) {
  return [=](job_store& store, std::function<void()> landed) {
    store.put(record_of(job, state), std::move(landed));
  };
}

/// Two jobs are submitted; one is canceled, the other ends and is forgotten.
const std::vector<change> story = {
    put(1, record_state::submitted),
    put(2, record_state::submitted),
    put(1, record_state::cancel_requested),
    put(2, record_state::ended),
    [](job_store& store, std::function<void()>) { store.remove(job_numbered(2)); },
    put(1, record_state::ended),
};

/// What is known after so many changes.
std::vector<states> states_of_story() {
  auto one = job_numbered(1), two = job_numbered(2);
  using enum record_state;
  return {{},
          {{one, submitted}},
          {{one, submitted}, {two, submitted}},
          {{one, cancel_requested}, {two, submitted}},
          {{one, cancel_requested}, {two, ended}},
          {{one, cancel_requested}},
          {{one, ended}}};
}

/// Plays the story; returns behind how many changes the last one stands that has landed.
std::size_t play(master_life& master) {
  auto landed = std::make_shared<std::size_t>(0); // writes that failed are done when nobody waits any more
  for (std::size_t i = 0; i < story.size(); ++i)
    story[i](*master.store, [landed, i] { *landed = i + 1; });
  return *landed;
}

} // namespace

TEST_CASE("what has landed is found by the next master, as it was") {
  simulated_disk disk = empty_disk();
  std::map<job_id, job_record> expected;
  {
    master_life master{disk};
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      job_record record = random_messages{seed}.record();
      expected.insert_or_assign(record.id, record);
      master.put(record);
    }
    CHECK(master.landed == 50);
  }
  disk.cut_power(1);
  master_life next{disk};
  auto all = next.store->all();
  REQUIRE(all.size() == expected.size());
  for (const job_record& record : all)
    CHECK(encode_job_record(record) == encode_job_record(expected.at(record.id)));
}

TEST_CASE("a record has landed only when the executor has written it") {
  simulated_disk disk = empty_disk();
  master_life master{disk};
  master.environment.waits = true;
  master.put(record_of(1));
  master.put(record_of(2));
  CHECK(master.landed == 0);
  CHECK(master.store->all().empty());
  master.environment.run_waiting();
  CHECK(master.landed == 2);
  CHECK(master.store->all().size() == 2);
}

TEST_CASE("changes land in order: a crash at any step leaves the work of the first so many, and of all that "
          "landed") {
  auto expected = states_of_story();
  for (fault how : {fault::crash_before, fault::crash_after}) {
    for (std::uint64_t step = 1;; ++step) {
      simulated_disk disk = empty_disk();
      std::size_t landed = 0;
      {
        master_life master{disk};
        disk.on_operation = fault_at(disk.operations() + step, how);
        landed = play(master);
      }
      bool crashed = disk.has_crashed();
      disk.on_operation = {};
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        CAPTURE(step);
        CAPTURE(seed);
        simulated_disk after{disk};
        if (seed == 0)
          after.restart();
        else
          after.cut_power(seed);
        auto found = states_of(*master_life{after}.store);
        auto place =
            std::ranges::find(expected.begin() + static_cast<std::ptrdiff_t>(landed), expected.end(), found);
        CHECK(place != expected.end());
      }
      if (!crashed) {
        CHECK(landed == story.size());
        break;
      }
    }
  }
}

TEST_CASE("a write that fails at any step is done again, before all behind it") {
  auto expected = states_of_story();
  for (fault how : {fault::fail, fault::fail_done}) {
    for (std::uint64_t step = 1;; ++step) {
      CAPTURE(step);
      simulated_disk disk = empty_disk();
      master_life master{disk};
      std::uint64_t due = disk.operations() + step;
      disk.on_operation = fault_at(due, how);
      play(master);
      if (disk.operations() < due) {
        CHECK(step > 20);
        break;
      }
      master.store->retry();
      CHECK(states_of(*master.store) == expected.back());
      CHECK(master.fenced == 0);
      disk.cut_power(step);
      CHECK(states_of(*master_life{disk}.store) == expected.back());
    }
  }
}

TEST_CASE("a full disk holds all changes back, in order, until there is room") {
  simulated_disk disk = empty_disk();
  master_life master{disk};
  disk.on_operation = [](const simulated_disk::operation& now) {
    return now.what == simulated_disk::action::append ? fault::fail : fault::none;
  };
  CHECK(play(master) == 0);
  master.store->retry();
  CHECK(master.store->all().empty());
  disk.on_operation = {};
  master.put(record_of(3));
  CHECK(master.landed == 1);
  auto all = states_of_story().back();
  all.emplace(job_numbered(3), record_state::submitted);
  CHECK(states_of(*master.store) == all);
}

TEST_CASE("a master that was replaced stores nothing more and is told so once") {
  simulated_disk disk = empty_disk();
  master_life old_master{disk};
  old_master.put(record_of(1));
  master_life fresh{disk};
  CHECK(fresh.fence->epoch() > old_master.fence->epoch());
  CHECK(states_of(*fresh.store) == states{{job_numbered(1), record_state::submitted}});
  auto before = disk.tree();
  old_master.put(record_of(1, record_state::ended));
  old_master.put(record_of(2));
  old_master.store->remove(job_numbered(1));
  old_master.store->retry();
  CHECK(old_master.landed == 1);
  CHECK(old_master.fenced == 1);
  CHECK(disk.tree() == before);
  CHECK(states_of(*master_life{disk}.store) == states{{job_numbered(1), record_state::submitted}});
}

TEST_CASE("a master that was replaced and has nothing to store is told so when it looks, once") {
  simulated_disk disk = empty_disk();
  master_life old_master{disk};
  old_master.put(record_of(1));
  old_master.store->retry();
  CHECK(old_master.fenced == 0);
  master_life fresh{disk};
  old_master.store->retry();
  CHECK(old_master.fenced == 1);
  old_master.store->retry();
  CHECK(old_master.fenced == 1);
  fresh.store->retry();
  CHECK(fresh.fenced == 0);
}

TEST_CASE("a record that is damaged costs one job, is named, and stays for whoever can mend it") {
  simulated_disk disk = empty_disk();
  {
    master_life master{disk};
    for (std::uint64_t job = 1; job <= 3; ++job)
      master.put(record_of(job));
  }
  std::string path = "ha/jobs/" + to_string(job_numbered(2));
  std::string damaged = disk.content(path);
  damaged[40] = static_cast<char>(damaged[40] ^ 1);
  disk.set_content(path, damaged);
  auto misplaced = disk.create("ha/jobs/" + to_string(job_numbered(4)), true);
  REQUIRE((*misplaced)->append(disk.content("ha/jobs/" + to_string(job_numbered(1)))));
  REQUIRE(disk.create("ha/jobs/notes", true));

  std::vector<std::string> lines;
  log::set_writer([&](std::string_view line) { lines.emplace_back(line); });
  auto found = states_of(*master_life{disk}.store);
  log::set_writer({});
  CHECK(found ==
        states{{job_numbered(1), record_state::submitted}, {job_numbered(3), record_state::submitted}});
  CHECK(disk.content(path) == damaged);
  auto says = [&](const std::string& text) {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.find(text) != std::string::npos; });
  };
  CHECK(says("the job record " + path + " is damaged at byte "));
  CHECK(says("is damaged at byte 16: it is of job " + to_string(job_numbered(1))));
  CHECK(says("file left alone that is no job record path=ha/jobs/notes"));
}

TEST_CASE("a store that goes while a record is being written does no harm") {
  simulated_disk disk = empty_disk();
  master_life master{disk};
  master.environment.waits = true;
  master.put(record_of(1));
  master.store.reset();
  master.environment.run_waiting();
  CHECK(master.landed == 1);
}
