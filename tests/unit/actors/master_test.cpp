#include "actors/master.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/options.hpp"
#include "fake_worker.hpp"
#include "master_fixture.hpp"

#include <caf/actor_registry.hpp>

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::actors;
using namespace std::chrono_literals;

namespace {

const job_id job{{.high = 1, .low = 2}};
const std::string library = "the bytes of words.so";

/// "source" and "sink" in one slot.
std::shared_ptr<const job_graph> two_tasks() {
  auto graph = std::make_shared<job_graph>();
  graph->name = "words";
  for (const char* name : {"source", "sink"})
    graph->vertices.push_back({.name = name, .operators = {{.name = name}}});
  graph->edges.push_back({.from_vertex = 0, .to_vertex = 1});
  return graph;
}

struct quiet_master : master_at_work {
  quiet_master() : master_at_work{} { log::set_level("off"); }
  explicit quiet_master(const configuration& settings) : master_at_work{settings} { log::set_level("off"); }
  ~quiet_master() { log::set_level("info"); }

  void submit_words() {
    REQUIRE(upload(library, job)->times == 1);
    auto submitted = submit(job, library, two_tasks());
    REQUIRE(submitted->times == 1);
    REQUIRE(*submitted->value);
  }
};

errc code_of(const auto& answer) {
  REQUIRE(answer->times == 1);
  REQUIRE_FALSE(*answer->value);
  return answer->value->failure().code();
}

} // namespace

TEST_CASE_FIXTURE(quiet_master, "a job goes through all its states with a worker") {
  CHECK(sent->epoch == leader_epoch{7});
  std::size_t actors_without_job = system->registry().running();
  submit_words();
  CHECK(system->registry().running() == actors_without_job + 1);
  CHECK(describe(job).summary.state == job_state::created);
  CHECK(describe(job).waiting_for == "1 of 1 slots are missing");

  fake_worker worker{*this, 1, 2};
  REQUIRE(workers().size() == 1);
  worker.offer_slot();
  CHECK_FALSE(workers()[0].slots[0].free);
  CHECK(describe(job).summary.state == job_state::running);
  deploy source = worker.take_deployment(), sink = worker.take_deployment();
  CHECK(source.job.library_hash == sha256_hex(library));
  REQUIRE(sink.producers.size() == 1);
  CHECK(sink.producers[0].attempt == source.attempt);

  for (task_state state : {task_state::initializing, task_state::running}) {
    worker.report(source, state);
    worker.report(sink, state);
    CHECK(describe(job).summary.tasks == std::map<task_state, std::uint32_t>{{state, 2}});
  }
  worker.say(heartbeat{.session = worker.session(),
                       .tasks = {{source.attempt, task_state::running, {.records_out = 11}}}});
  CHECK(describe(job).vertices[0][0].metrics.records_out == 11);

  worker.report(source, task_state::finished);
  CHECK(describe(job).summary.state == job_state::running);
  worker.report(sink, task_state::finished, "", "a 1");
  job_details end = describe(job);
  CHECK(end.summary.state == job_state::finished);
  CHECK(end.results == std::vector<task_result>{{"out", "a 1"}});
  CHECK(worker.free_slot());
  CHECK(workers()[0].slots[0].free);
  CHECK(system->registry().running() == actors_without_job);

  auto listed =
      ask<std::vector<job_summary>>([](auto& gateway, auto done) { gateway.jobs(std::move(done)); });
  REQUIRE((*listed->value)->size() == 1);
  CHECK((**listed->value)[0].state == job_state::finished);
}

TEST_CASE_FIXTURE(quiet_master, "a user's exception is the cause of the job's failure") {
  submit_words();
  fake_worker worker{*this, 1, 1};
  worker.offer_slot();
  deploy source = worker.take_deployment(), sink = worker.take_deployment();
  worker.report(source, task_state::failed, "operator parse: not a number");
  REQUIRE(hear<weir::cancel>(worker.self()));
  CHECK(describe(job).summary.state == job_state::failing);
  worker.report(sink, task_state::canceled);
  job_details end = describe(job);
  CHECK(end.summary.state == job_state::failed);
  REQUIRE(end.failures.size() == 1);
  CHECK(end.failures[0].cause == "operator parse: not a number");
  CHECK(end.failures[0].task == "source (1/1)");
  CHECK(worker.free_slot());
}

TEST_CASE_FIXTURE(quiet_master,
                  "a worker that falls silent fails its job, which names it, and is told to start anew") {
  submit_words();
  fake_worker worker{*this, 1, 1};
  worker.offer_slot();
  advance(9s);
  CHECK(describe(job).summary.state == job_state::running);
  advance(2s);
  job_details end = describe(job);
  CHECK(end.summary.state == job_state::failed);
  CHECK(end.failures[0].cause.find("worker host1:4000-000000 was lost: no heartbeat for 10 s") == 0);
  CHECK(workers().empty());
  worker.beat();
  CHECK(hear<unknown_session>(worker.self()));
}

TEST_CASE_FIXTURE(quiet_master, "a worker that beats stays") {
  fake_worker worker{*this, 1, 1};
  for (int i = 0; i < 10; ++i) {
    advance(5s);
    worker.beat();
    CHECK(hear<heartbeat_ack>(worker.self()));
  }
  CHECK(workers().size() == 1);
}

TEST_CASE_FIXTURE(quiet_master, "a closed connection fails the job at once") {
  submit_words();
  fake_worker worker{*this, 1, 1};
  worker.offer_slot();
  disconnect(worker.self());
  CHECK(describe(job).failures[0].cause == "worker host1:4000-000000 was lost: connection closed");
  CHECK(describe(job).summary.state == job_state::failed);
}

TEST_CASE_FIXTURE(quiet_master,
                  "an offer to a job that has ended is rejected, so that the slot is not lost") {
  submit_words();
  fake_worker worker{*this, 1, 1};
  auto given = hear<allocate>(worker.self());
  REQUIRE(given);
  CHECK(*cancel(job)->value);
  CHECK(describe(job).summary.state == job_state::canceled);
  worker.say(offer{given->session, given->slot, given->allocation, given->job});
  auto rejected = hear<reject>(worker.self());
  REQUIRE(rejected);
  CHECK(rejected->allocation == given->allocation);
  worker.say(freed{given->session, given->slot, given->allocation});
  CHECK(workers()[0].slots[0].free);
}

TEST_CASE_FIXTURE(quiet_master, "a running job is canceled when its tasks have ended") {
  submit_words();
  fake_worker worker{*this, 1, 1};
  worker.offer_slot();
  deploy source = worker.take_deployment(), sink = worker.take_deployment();
  CHECK(*cancel(job)->value);
  CHECK(describe(job).summary.state == job_state::cancelling);
  worker.report(source, task_state::canceled);
  worker.report(sink, task_state::canceled);
  CHECK(describe(job).summary.state == job_state::canceled);
  CHECK(code_of(cancel(job)) == errc::already_exists);
}

TEST_CASE_FIXTURE(quiet_master, "the next job gets the slots of the one before") {
  submit_words();
  job_id next{{.high = 1, .low = 3}};
  REQUIRE(*submit(next, library, two_tasks())->value);
  fake_worker worker{*this, 1, 1};
  for (job_id each : {job, next}) {
    worker.offer_slot();
    deploy source = worker.take_deployment(), sink = worker.take_deployment();
    CHECK(source.attempt.job == each);
    worker.report(source, task_state::finished);
    worker.report(sink, task_state::finished);
    CHECK(describe(each).summary.state == job_state::finished);
    auto released = hear<release>(worker.self());
    REQUIRE(released);
    CHECK_FALSE(hear<allocate>(worker.self())); // not before the worker has freed it
    worker.say(freed{released->session, released->slot, released->allocation});
  }
}

TEST_CASE_FIXTURE(quiet_master, "a job that waits too long for slots fails and says how many are missing") {
  submit_words();
  advance(5min + 2s);
  job_details end = describe(job);
  CHECK(end.summary.state == job_state::failed);
  CHECK(end.failures[0].cause.find("1 of 1 slots are missing for 5 min (slot.request.timeout)") == 0);
}

// ---- what is wrong is refused, and nothing else is harmed

TEST_CASE_FIXTURE(quiet_master, "bytes that are no message close their connection and harm nobody else") {
  fake_worker good{*this, 1, 1}, bad{*this, 2, 1};
  std::vector<std::string> lines;
  log::set_level("warn");
  log::set_writer([&](std::string_view line) { lines.emplace_back(line); });
  say_bytes(bad.self(), std::vector<char>(100, 'x'));
  log::set_writer({});
  log::set_level("off");
  CHECK(sent->closed.contains(bad.self()));
  CHECK_FALSE(sent->closed.contains(good.self()));
  CHECK(lines.size() == 1);
  disconnect(bad.self());
  CHECK(workers().size() == 1);
}

TEST_CASE_FIXTURE(quiet_master, "a worker that speaks for another one is disconnected and not heard") {
  fake_worker honest{*this, 1, 1}, liar{*this, 2, 1};
  liar.say(register_worker{.session = {leader_epoch{7}, honest.self(), 2}});
  CHECK(sent->closed.contains(liar.self()));
  CHECK(workers().size() == 2);
  CHECK_FALSE(hear<registered>(honest.self()));
}

TEST_CASE_FIXTURE(quiet_master, "a worker that sends what only a master sends is disconnected") {
  fake_worker worker{*this, 1, 1};
  worker.say(accept{.session = worker.session()});
  CHECK(sent->closed.contains(worker.self()));
}

TEST_CASE_FIXTURE(quiet_master,
                  "a submission without its library is refused, and taken once the library is there") {
  CHECK(code_of(submit(job, library, two_tasks())) == errc::not_found);
  submit_words();
}

TEST_CASE_FIXTURE(quiet_master, "a submission that is tried again is answered and starts nothing") {
  submit_words();
  auto again = submit(job, library, two_tasks());
  CHECK(again->times == 1);
  CHECK(*again->value);
  auto listed =
      ask<std::vector<job_summary>>([](auto& gateway, auto done) { gateway.jobs(std::move(done)); });
  CHECK((*listed->value)->size() == 1);
  fake_worker worker{*this, 1, 4};
  CHECK(hear<allocate>(worker.self()));
  CHECK_FALSE(hear<allocate>(worker.self()));
}

TEST_CASE_FIXTURE(quiet_master, "a graph that cannot be run is refused") {
  upload(library, job);
  auto backwards = std::make_shared<job_graph>(*two_tasks());
  backwards->edges[0] = {.from_vertex = 1, .to_vertex = 0};
  auto nowhere = std::make_shared<job_graph>(*two_tasks());
  nowhere->edges[0].to_vertex = 9;
  auto none = std::make_shared<job_graph>(*two_tasks());
  none->vertices[0].parallelism = 0;
  auto empty = std::make_shared<job_graph>();
  for (std::shared_ptr<const job_graph> graph :
       {backwards, nowhere, none, empty, std::shared_ptr<job_graph>{}})
    CHECK(code_of(submit(job, library, graph)) == errc::invalid_argument);
}

TEST_CASE_FIXTURE(quiet_master, "nobody knows a job that was never submitted") {
  CHECK(code_of(cancel(job)) == errc::not_found);
  CHECK(code_of(ask<job_details>([](auto& gateway, auto done) { gateway.job(job, std::move(done)); })) ==
        errc::not_found);
}

TEST_CASE_FIXTURE(quiet_master, "a checkpoint that cannot be taken is answered with the reason") {
  auto take_one = [this] {
    return ask<checkpoint_id>(
        [](auto& gateway, auto done) { gateway.checkpoint(job, false, std::move(done)); });
  };
  CHECK(code_of(take_one()) == errc::not_found);
  submit_words();
  CHECK(take_one()->value->failure().message() == "Checkpointing has not been enabled.");
  CHECK(*cancel(job)->value);
  CHECK(take_one()->value->failure().message().find("has ended") != std::string::npos);
}

TEST_CASE_FIXTURE(quiet_master, "a job whose manager dies is failed, and its workers start anew") {
  submit_words();
  fake_worker worker{*this, 1, 1};
  worker.offer_slot();
  auto asked = std::make_shared<answer<job_details>>();
  running->gateway().job(job, [asked](auto) { ++asked->times; });
  kill_job_managers();
  job_details end = describe(job);
  CHECK(end.summary.state == job_state::failed);
  CHECK(end.failures[0].cause.find("the manager of the job died") == 0);
  CHECK(hear<unknown_session>(worker.self()));
  worker.say(offer{worker.session(), 0, {leader_epoch{7}, 1}, job});
  CHECK(hear<reject>(worker.self()));
}

// ---- job libraries

TEST_CASE_FIXTURE(quiet_master, "a library with another hash than it is said to have is refused") {
  auto put = ask<void>([](auto& gateway, auto done) {
    gateway.put_library(sha256_hex(library), library + "!", job, std::move(done));
  });
  CHECK(code_of(put) == errc::invalid_argument);
  auto has = ask<bool>(
      [](auto& gateway, auto done) { gateway.has_library(sha256_hex(library), job, std::move(done)); });
  CHECK_FALSE(**has->value);
}

TEST_CASE_FIXTURE(quiet_master, "a library that two clients send at once is there for both") {
  environment.hold();
  auto first = upload(library, job), second = upload(library, {{1, 3}});
  CHECK(first->times + second->times == 0);
  environment.release();
  settle();
  CHECK(*first->value);
  CHECK(*second->value);
}

TEST_CASE_FIXTURE(quiet_master, "a worker fetches a library in pieces") {
  configuration settings;
  settings.set(options::blob_chunk_size, memory_size{1024});
  quiet_master small{settings};
  std::string bytes;
  for (int i = 0; bytes.size() < 2'500; ++i)
    bytes += std::to_string(i);
  small.upload(bytes, job);
  fake_worker worker{small, 1, 1};
  std::string fetched;
  std::uint64_t total = 1;
  while (fetched.size() < total) {
    worker.say(fetch_blob{worker.session(), sha256_hex(bytes), fetched.size()});
    auto chunk = small.hear<blob_chunk>(worker.self());
    REQUIRE(chunk);
    REQUIRE(chunk->failure == "");
    CHECK(chunk->offset == fetched.size());
    CHECK(chunk->bytes.size() <= 1'024);
    fetched += chunk->bytes;
    total = chunk->total;
  }
  CHECK(fetched == bytes);
}

TEST_CASE_FIXTURE(quiet_master, "a library that the master does not have is answered with a reason") {
  fake_worker worker{*this, 1, 1};
  for (std::string hash : {sha256_hex("other"), std::string{"../../etc/passwd"}, std::string{}}) {
    worker.say(fetch_blob{worker.session(), hash, 0});
    auto chunk = hear<blob_chunk>(worker.self());
    REQUIRE(chunk);
    CHECK(chunk->failure.find("has no job library") != std::string::npos);
    CHECK(chunk->bytes.empty());
  }
}

TEST_CASE_FIXTURE(quiet_master, "a library goes when no job has needed it for the time it is kept") {
  submit_words();
  CHECK(*cancel(job)->value);
  advance(9min);
  auto has = [&] {
    return **ask<bool>([](auto& gateway, auto done) {
               gateway.has_library(sha256_hex(library), {{9, 9}}, std::move(done));
             })->value;
  };
  CHECK(has()); // which is a hold again
  advance(15min);
  CHECK_FALSE(has());
  CHECK(environment.files().list(environment.folder)->empty());
}

// ---- calls from outside

TEST_CASE_FIXTURE(quiet_master, "a call that nobody answers in time ends once, with the limit's name") {
  environment.hold();
  auto put = upload(library, job);
  advance(9s);
  CHECK(put->times == 0);
  advance(2s);
  CHECK(code_of(put) == errc::timed_out);
  CHECK(put->value->failure().message().find("web.timeout") != std::string::npos);
  environment.release();
  settle();
  CHECK(put->times == 1);
}

TEST_CASE_FIXTURE(quiet_master, "calls under way and later calls end when the master stops") {
  environment.hold();
  auto put = upload(library, job);
  running->stop();
  settle();
  environment.release();
  settle();
  CHECK(code_of(put) == errc::unavailable);
  CHECK(code_of(cancel(job)) == errc::unavailable);
  CHECK(code_of(ask<std::vector<worker_status>>(
            [](auto& gateway, auto done) { gateway.workers(std::move(done)); })) == errc::unavailable);
  running->stop();
}

TEST_CASE("a master without a usable folder for libraries does not start") {
  configuration settings;
  settings.set(options::blob_storage_directory, "/proc/none/libraries");
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("testing"));
  caf::actor_system system{config};
  master_platform environment;
  auto started = start_master(system, environment, settings, {}, leader_epoch{1});
  REQUIRE_FALSE(started);
  CHECK(started.failure().message().find("blob.storage.directory") != std::string::npos);
}
