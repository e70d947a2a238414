#include "actors/master_router.hpp"

#include "base/log.hpp"
#include "wire/control_codec.hpp"

#include <caf/send.hpp>

#include <type_traits>

namespace weir::actors {

namespace {

template <class Message>
constexpr bool for_resource_manager = std::is_same_v<Message, register_worker> ||
                                      std::is_same_v<Message, heartbeat> || std::is_same_v<Message, freed>;

/// The job that a message for a job manager is about.
const job_id& job_of(const offer& message) {
  return message.job;
}
const job_id& job_of(const allocation_gone& message) {
  return message.job;
}
const job_id& job_of(const update& message) {
  return message.attempt.job;
}
const job_id& job_of(const acknowledge_checkpoint& message) {
  return message.attempt.job;
}
const job_id& job_of(const decline_checkpoint& message) {
  return message.attempt.job;
}
const job_id& job_of(const data_ended& message) {
  return message.attempt.job;
}

template <class Message>
concept for_job_manager = requires(const Message& message) {
  job_of(message);
};

template <class Message>
concept from_worker =
    for_resource_manager<Message> || for_job_manager<Message> || std::is_same_v<Message, fetch_blob>;

} // namespace

master_router::master_router(caf::actor_config& config, caf::actor connector)
    : caf::event_based_actor{config}, connector_{std::move(connector)} {}

caf::behavior master_router::make_behavior() {
  return {
      [this](const route_to& peers) {
        resource_manager_ = peers.resource_manager;
        blob_server_ = peers.blob_server;
      },
      [this](const peer_up& up) {
        if (up.role != node_role::worker)
          refuse(up.peer, "it is no worker");
      },
      [this](const peer_down& down) { send(resource_manager_, down); },
      [this](const received_control& message) { receive(message); },
      [this](const send_to_worker& message) { send_control_to(message.worker, message.message); },
      [this](const bind_job& binding) { job_managers_[binding.job] = binding.manager; },
      [this](const unbind_job& binding) {
        auto bound = job_managers_.find(binding.job);
        if (bound == job_managers_.end())
          return;
        send(bound->second, job_unbound{});
        job_managers_.erase(bound);
      },
  };
}

void master_router::on_exit() {
  // Actors that hold each other's handles would never be freed.
  connector_ = nullptr;
  resource_manager_ = nullptr;
  blob_server_ = nullptr;
  job_managers_.clear();
}

void master_router::receive(const received_control& message) {
  auto decoded = decode_control(message.bytes);
  if (!decoded)
    return refuse(message.peer, decoded.failure().message());
  dispatch(message.peer, std::move(*decoded));
}

void master_router::dispatch(const incarnation_id& peer, control_message&& received) {
  std::visit(
      [&]<class Message>(Message&& message) {
        using type = std::remove_cvref_t<Message>;
        if constexpr (!from_worker<type>) {
          refuse(peer, "it sent a message that no worker sends to a master");
        } else {
          if (message.session.worker != peer)
            return refuse(peer, "it spoke for another worker");
          if constexpr (for_resource_manager<type>) {
            send(resource_manager_, std::move(message));
          } else if constexpr (for_job_manager<type>) {
            if (auto manager = job_managers_.find(job_of(message)); manager != job_managers_.end())
              send(manager->second, std::move(message));
            else if constexpr (std::is_same_v<type, offer>)
              send_control_to(peer, reject{message.session, message.slot, message.allocation, message.job});
          } else {
            send(blob_server_, std::move(message));
          }
        }
      },
      std::move(received));
}

void master_router::send_control_to(const incarnation_id& worker, const control_message& message) {
  send(connector_, send_control{worker, encode(message)});
}

void master_router::refuse(const incarnation_id& peer, const std::string& why) {
  log::actors.warn("worker refused", {{"worker", peer}, {"why", why}});
  send(connector_, close_peer{peer, why});
}

} // namespace weir::actors
