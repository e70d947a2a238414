#include "actors/local_cluster.hpp"

#include "actors/master.hpp"
#include "actors/node_system.hpp"
#include "actors/simulated_network.hpp"
#include "actors/tcp_connector.hpp"
#include "actors/worker.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <string>
#include <utility>

namespace weir::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 20ms;

/// Turns a call of the gateway into one that waits; the gateway answers every call.
template <class T, class Call>
result<T> answer_of(Call call) {
  std::promise<result<T>> promise;
  auto answer = promise.get_future();
  call([&promise](result<T> value) { promise.set_value(std::move(value)); });
  return answer.get();
}

class local_cluster_nodes final : public local_cluster {
public:
  local_cluster_nodes(platform& environment, const configuration& settings)
      : platform_{environment},
        settings_{settings},
        network_{std::make_shared<simulated_network>(simulated_network::settings{})} {}

  ~local_cluster_nodes() override {
    for (auto& each : workers_)
      each->stop();
    if (master_)
      master_->stop();
    for (const connector& each : connectors_)
      caf::anon_send_exit(each.actor, caf::exit_reason::user_shutdown);
    connectors_.clear();
  }

  result<void> start_nodes(std::uint32_t workers) {
    auto started = start_master(system_, platform_, settings_, connect(node_role::master, 0),
                                epoch_from_wall_time(platform_));
    if (!started)
      return started.failure();
    master_ = std::move(*started);
    for (std::uint32_t i = 0; i < workers; ++i)
      if (auto added = add_worker(i + 1); !added)
        return added;
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return registered_ == workers; });
    return {};
  }

  cluster_gateway& gateway() override { return master_->gateway(); }

  result<job_details> run(job_submission job, std::vector<char> library,
                          const std::function<bool(const job_details&)>& stop_waiting) override {
    job_id id = job.id;
    std::string bytes{library.begin(), library.end()};
    auto stored = answer_of<void>([&](auto done) {
      gateway().put_library(job.spec.library_hash, std::move(bytes), id, std::move(done));
    });
    if (!stored)
      return stored.failure();
    auto submitted = answer_of<job_id>([&](auto done) { gateway().submit(std::move(job), std::move(done)); });
    if (!submitted)
      return submitted.failure();
    while (true) {
      auto details = answer_of<job_details>([&](auto done) { gateway().job(id, std::move(done)); });
      if (!details || is_terminal(details->summary.state) || (stop_waiting && stop_waiting(*details)))
        return details;
      std::unique_lock lock{mutex_};
      changed_.wait_for(lock, poll_interval);
    }
  }

private:
  connector connect(node_role role, std::uint32_t number) {
    auto identity = tcp_settings(settings_, role, platform_).identity;
    node_address address{"in-process", static_cast<std::uint16_t>(number + 1)};
    return connectors_.emplace_back(network_->start_connector(system_, identity, address));
  }

  result<void> add_worker(std::uint32_t number) {
    auto exit = [](const std::string& reason) {
      log::node.error("process exits", {{"why", reason}});
      std::_Exit(EXIT_FAILURE);
    };
    auto registered = [this] {
      std::lock_guard lock{mutex_};
      ++registered_;
      changed_.notify_all();
    };
    auto added =
        start_worker(system_, platform_, settings_, connect(node_role::worker, number),
                     {.master = master_->rpc_address(), .exit_process = exit, .registered = registered});
    if (!added)
      return added.failure();
    workers_.push_back(std::move(*added));
    return {};
  }

  platform& platform_;
  configuration settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t registered_ = 0;
  std::shared_ptr<simulated_network> network_;
  node_system_config config_{false};
  caf::actor_system system_{config_};
  std::vector<connector> connectors_;
  std::unique_ptr<master> master_;
  std::vector<std::unique_ptr<worker>> workers_;
};

} // namespace

result<std::unique_ptr<local_cluster>>
local_cluster::start(platform& environment, const configuration& settings, std::uint32_t workers) {
  auto cluster = std::make_unique<local_cluster_nodes>(environment, settings);
  if (auto started = cluster->start_nodes(workers); !started)
    return started.failure();
  return std::unique_ptr<local_cluster>{std::move(cluster)};
}

} // namespace weir::actors
