#include "actors/tcp_connector.hpp"

#include "actors/connection_core.hpp"
#include "actors/sockets.hpp"
#include "base/configuration.hpp"
#include "base/log.hpp"
#include "base/options.hpp"
#include "base/version.hpp"

#include <weir/detail/job_entry.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <memory>
#include <unordered_map>

namespace weir::actors {

/// The end of a background connect.
struct connect_ended {
  dial_id dial;
  std::shared_ptr<socket_owner> socket; ///< empty: see `reason`
  std::string reason;
};

} // namespace weir::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::connect_ended)

namespace weir::actors {

namespace {

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using namespace std::chrono_literals;

// In this version of CAF a handle is the number of the socket, and there is no other way to it.
int socket_of(caf::io::connection_handle handle) {
  return static_cast<int>(handle.id());
}

connection_id id_of(caf::io::connection_handle handle) {
  return {handle.id()};
}

caf::io::connection_handle handle_of(connection_id id) {
  return caf::io::connection_handle::from_int(id.value);
}

class tcp_connector final : public caf::io::broker, private connection_shell {
public:
  tcp_connector(caf::actor_config& config, platform* environment, const tcp_connector_settings& settings,
                std::shared_ptr<socket_owner> listening)
      : caf::io::broker{config},
        environment_{*environment},
        settings_{settings},
        listening_{std::move(listening)},
        core_{settings.identity,
              {.frame_bytes_max = settings.frame_bytes_max, .handshake_timeout = settings.connect_timeout},
              *this} {}

  const char* name() const override { return "tcp_connector"; }

  caf::behavior make_behavior() override {
    return {
        [this](own_connector& owning) {
          core_.set_epoch(owning.epoch);
          owner_ = std::move(owning.owner);
          if (*listening_)
            add_doorman(listening_->take());
        },
        [this](const dial& wish) {
          core_.dial(wish.address, wish.expected);
          tick_later();
        },
        [this](send_control& to) { send_frame(to.peer, frame_kind::control, 0, std::move(to.bytes)); },
        [this](send_routed& to) { send_frame(to.peer, frame_kind::routed, to.route, std::move(to.bytes)); },
        [this](bind_route& binding) { routes_[binding.route] = std::move(binding.receiver); },
        [this](const unbind_route& binding) { routes_.erase(binding.route); },
        [this](const close_peer& which) { core_.disconnect(which.peer, which.reason); },
        [this](connect_ended& ended) { on_connect_ended(ended); },
        [this](const caf::io::new_connection_msg& made) { on_accepted(made.handle); },
        [this](caf::io::new_data_msg& data) { core_.received(id_of(data.handle), std::move(data.buf)); },
        [this](const caf::io::connection_closed_msg& ended) { core_.closed(id_of(ended.handle)); },
        [this](tick_atom) {
          ticking_ = false;
          core_.tick(environment_.clock().now());
          tick_later();
        },
    };
  }

  void on_exit() override {
    owner_ = nullptr;
    routes_.clear();
  }

private:
  void on_accepted(caf::io::connection_handle handle) {
    prepare(handle);
    core_.accepted(id_of(handle), {remote_addr(handle), remote_port(handle)}, environment_.clock().now());
    tick_later();
  }

  void on_connect_ended(connect_ended& ended) {
    if (!ended.socket)
      return core_.connect_failed(ended.dial, ended.reason);
    auto handle = add_scribe(ended.socket->take());
    prepare(handle);
    core_.connected(ended.dial, id_of(handle), environment_.clock().now());
  }

  void prepare(caf::io::connection_handle handle) {
    limit_unsent_time(socket_of(handle), settings_.peer_timeout);
  }

  void send_frame(incarnation_id peer, frame_kind kind, std::uint64_t route, byte_buffer&& bytes) {
    if (bytes.size() > settings_.frame_bytes_max) {
      // The peer would take it for an attack and close; and whoever waits for the message would wait in vain.
      log::actors.error("message is longer than transport.max-frame-size",
                        {{"bytes", bytes.size()}, {"peer", peer}});
      return core_.disconnect(peer, "a message of this node was longer than transport.max-frame-size");
    }
    if (const auto* connection = core_.find(peer))
      write(*connection, {static_cast<std::uint32_t>(bytes.size()), kind, route}, std::move(bytes));
  }

  void tick_later() {
    if (ticking_ || !core_.handshakes_pending())
      return;
    ticking_ = true;
    // Anonymous: CAF leaves the mailbox of a broker that has ended open. A message in it that names the
    // broker as its sender would keep it for ever, and with it whoever has sent to it since, so that the
    // process could not end.
    caf::delayed_anon_send(caf::actor_cast<caf::actor>(this), 500ms, tick_atom::value);
  }

  void connect(dial_id dial, const node_address& address) override {
    // Resolving a name and connecting block, so a short-lived thread does them, and not the one that moves
    // all data.
    auto self = caf::actor_cast<caf::actor>(this);
    system().spawn<caf::detached>([self, dial, address, timeout = settings_.connect_timeout] {
      auto made = connect_to(address, timeout);
      if (made)
        caf::anon_send(self, connect_ended{dial, std::make_shared<socket_owner>(std::move(*made)), {}});
      else
        caf::anon_send(self, connect_ended{dial, nullptr, made.failure().message()});
    });
  }

  void read(connection_id connection, std::size_t bytes) override {
    configure_read(handle_of(connection), caf::io::receive_policy::exactly(bytes));
  }

  void write(connection_id connection, const frame_header& header, byte_buffer&& payload) override {
    auto handle = handle_of(connection);
    auto& buffer = wr_buf(handle);
    auto head = encode(header);
    buffer.insert(buffer.end(), head.begin(), head.end());
    buffer.insert(buffer.end(), payload.begin(), payload.end());
    flush(handle);
  }

  void close(connection_id connection, bool drop) override {
    auto handle = handle_of(connection);
    if (drop && valid(handle))
      cut(socket_of(handle));
    caf::io::broker::close(handle);
  }

  void warn(const std::string& sentence) override { log::actors.warn(sentence); }

  void peer_is_up(const node_identity& peer, const node_address& address) override {
    send(owner_, peer_up{peer.self, peer.role, peer.epoch, address});
  }

  void peer_is_down(incarnation_id peer, const std::string& reason) override {
    send(owner_, peer_down{peer, reason});
  }

  void dial_has_failed(const node_address& address, incarnation_id expected,
                       const std::string& reason) override {
    send(owner_, dial_failed{address, expected, reason});
  }

  void got_control(incarnation_id peer, byte_buffer&& bytes) override {
    send(owner_, received_control{peer, std::move(bytes)});
  }

  void got_routed(std::uint64_t route, byte_buffer&& bytes) override {
    auto to = routes_.find(route);
    if (to != routes_.end())
      send(to->second, received_routed{route, std::move(bytes)});
  }

  platform& environment_;
  tcp_connector_settings settings_;
  std::shared_ptr<socket_owner> listening_;
  connection_core core_;
  caf::actor owner_;
  std::unordered_map<std::uint64_t, caf::actor> routes_;
  bool ticking_ = false;
};

} // namespace

tcp_connector_settings tcp_settings(const configuration& settings, node_role role, platform& environment) {
  auto is_master = role == node_role::master;
  auto port = settings.get(is_master ? options::jobmanager_rpc_port : options::taskmanager_data_port);
  incarnation_id self;
  while (!self)
    self = {{environment.random().next(), environment.random().next()}};
  return {
      .identity = {.self = self, .role = role, .version = std::string{version()}, .abi = WEIR_ABI},
      .bind_host = settings.get(is_master ? options::jobmanager_bind_host : options::taskmanager_bind_host),
      .port = static_cast<std::uint16_t>(port),
      .host = settings.get(is_master ? options::jobmanager_rpc_address : options::taskmanager_host),
      .frame_bytes_max = static_cast<std::uint32_t>(settings.get(options::transport_max_frame_size).bytes),
      .connect_timeout = settings.get(options::transport_connect_timeout),
      .peer_timeout = settings.get(options::heartbeat_timeout),
  };
}

result<connector> start_tcp_connector(caf::actor_system& system, platform& environment,
                                      const tcp_connector_settings& settings) {
  auto listening = listen_on(settings.bind_host, settings.port);
  if (!listening)
    return listening.failure();
  auto port = local_port(*listening);
  caf::actor_config config{&system.middleman().backend()};
  auto actor = system.spawn_impl<tcp_connector, caf::no_spawn_options>(
      config, &environment, settings, std::make_shared<socket_owner>(std::move(*listening)));
  return connector{actor, settings.identity.self, {settings.host, port}};
}

} // namespace weir::actors
