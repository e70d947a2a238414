#include "master_fixture.hpp"

#include "actors/job_manager.hpp"
#include "base/hash.hpp"
#include "base/options.hpp"
#include "wire/control_codec.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <unistd.h>

namespace weir::actors {

namespace {

caf::behavior noting_connector(caf::event_based_actor*, std::shared_ptr<sent_to_peers> sent) {
  return {
      [sent](const own_connector& owning) {
        sent->owner = owning.owner;
        sent->epoch = owning.epoch;
      },
      [sent](const send_control& message) {
        auto decoded = decode_control(message.bytes);
        REQUIRE(decoded);
        sent->messages[message.peer].push_back(std::move(*decoded));
      },
      [sent](const close_peer& closing) { sent->closed[closing.peer] = closing.reason; },
  };
}

std::string new_folder() {
  static int count = 0;
  return std::filesystem::temp_directory_path() /
         ("weir-master-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
}

} // namespace

master_platform::master_platform() : folder{new_folder()} {}

master_platform::~master_platform() {
  std::filesystem::remove_all(folder);
}

void master_platform::run(std::function<void()> job) {
  if (holds_)
    held_.push_back(std::move(job));
  else
    job();
}

void master_platform::release() {
  holds_ = false;
  for (auto& job : std::exchange(held_, {}))
    job();
}

master_at_work::master_at_work() {
  start({});
}

master_at_work::master_at_work(const configuration& settings) {
  start(settings);
}

master_at_work::~master_at_work() {
  running.reset();
  caf::anon_send_exit(connector_, caf::exit_reason::user_shutdown);
  connector_ = nullptr;
  sent->owner = nullptr;
  environment.release();
  scheduler().run();
}

void master_at_work::start(const configuration& settings) {
  config.set("scheduler.policy", caf::atom("testing"));
  system = std::make_unique<caf::actor_system>(config);
  connector_ = system->spawn(noting_connector, sent);
  configuration with = settings;
  with.set(options::blob_storage_directory, environment.folder);
  auto started =
      start_master(*system, environment, with, {connector_, {}, {"master", 6123}}, leader_epoch{7});
  REQUIRE(started);
  running = std::move(*started);
  settle();
  REQUIRE(sent->owner);
}

caf::scheduler::test_coordinator& master_at_work::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system->scheduler());
}

void master_at_work::settle() {
  while (scheduler().try_run_once())
    continue;
}

void master_at_work::advance(std::chrono::milliseconds by) {
  // In steps, since one jump would let each timer fire once only.
  for (std::chrono::milliseconds done{0}; done < by; done += std::chrono::milliseconds{100}) {
    scheduler().advance_time(std::min(by - done, std::chrono::milliseconds{100}));
    settle();
  }
}

void master_at_work::connect(const incarnation_id& worker) {
  caf::anon_send(sent->owner, peer_up{worker, node_role::worker, {}, {}});
  settle();
}

void master_at_work::disconnect(const incarnation_id& worker, const std::string& reason) {
  caf::anon_send(sent->owner, peer_down{worker, reason});
  settle();
}

void master_at_work::say(const incarnation_id& worker, const control_message& message) {
  say_bytes(worker, encode(message));
}

void master_at_work::say_bytes(const incarnation_id& worker, std::vector<char> bytes) {
  caf::anon_send(sent->owner, received_control{worker, std::move(bytes)});
  settle();
}

void master_at_work::kill_job_managers() {
  // The managers are nowhere registered; asking for a job's details puts each of them in the scheduler's
  // queue.
  std::vector<caf::actor> victims;
  while (!scheduler().jobs.empty()) {
    if (auto* manager = dynamic_cast<job_manager*>(scheduler().jobs.front()))
      victims.push_back(caf::actor_cast<caf::actor>(manager));
    scheduler().try_run_once();
  }
  REQUIRE_FALSE(victims.empty());
  for (const caf::actor& victim : victims)
    caf::anon_send_exit(victim, caf::exit_reason::unhandled_exception);
  settle();
}

std::shared_ptr<master_at_work::answer<void>> master_at_work::upload(const std::string& bytes,
                                                                     const job_id& job) {
  return ask<void>([&](cluster_gateway& gateway, auto done) {
    gateway.put_library(sha256_hex(bytes), bytes, job, std::move(done));
  });
}

std::shared_ptr<master_at_work::answer<job_id>>
master_at_work::submit(const job_id& job, const std::string& library,
                       std::shared_ptr<const job_graph> graph) {
  return ask<job_id>([&](cluster_gateway& gateway, auto done) {
    gateway.submit(
        {.id = job,
         .spec = {.name = "words", .library_hash = sha256_hex(library), .library_name = "words.so"},
         .graph = std::move(graph)},
        std::move(done));
  });
}

std::shared_ptr<master_at_work::answer<void>> master_at_work::cancel(const job_id& job) {
  return ask<void>([&](cluster_gateway& gateway, auto done) { gateway.cancel(job, std::move(done)); });
}

job_details master_at_work::describe(const job_id& job) {
  auto got =
      ask<job_details>([&](cluster_gateway& gateway, auto done) { gateway.job(job, std::move(done)); });
  REQUIRE(got->times == 1);
  REQUIRE(*got->value);
  return **got->value;
}

std::vector<worker_status> master_at_work::workers() {
  auto got = ask<std::vector<worker_status>>(
      [&](cluster_gateway& gateway, auto done) { gateway.workers(std::move(done)); });
  REQUIRE(got->times == 1);
  return **got->value;
}

} // namespace weir::actors
