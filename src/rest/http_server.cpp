#include "rest/http_server.hpp"

#include "rest/http_connection.hpp"

#include <iterator>
#include <thread>
#include <utility>

#include <fcntl.h>

namespace weir {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

/// How long answers under way may take when the server stops.
constexpr std::chrono::milliseconds stop_time = 1s;
/// After a failed accept (no descriptors left), until the next one.
constexpr std::chrono::milliseconds accept_pause = 100ms;

class asio_http_server final : public http_server {
public:
  asio_http_server(const http_server_settings& settings, weir::clock& clock) : core_{settings, clock} {}

  ~asio_http_server() override { asio_http_server::stop(); }

  result<void> bind() {
    const node_address& wanted = core_.settings.bind;
    auto failed_to = [&](const asio::error_code& why) {
      return error{errc::io_failed, "cannot listen on " + to_string(wanted) + ": " + why.message()};
    };
    asio::error_code failed;
    tcp::resolver resolver{core_.io};
    auto found = resolver.resolve(wanted.host, std::to_string(wanted.port),
                                  tcp::resolver::passive | tcp::resolver::numeric_service, failed);
    if (failed)
      return failed_to(failed);
    tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed)
      close_on_exec(acceptor_.native_handle());
    if (!failed)
      acceptor_.set_option(tcp::acceptor::reuse_address{true}, failed);
    if (!failed)
      acceptor_.bind(endpoint, failed);
    if (!failed)
      acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed)
      return failed_to(failed);
    address_ = {wanted.host, acceptor_.local_endpoint(failed).port()};
    return {};
  }

  const node_address& address() const override { return address_; }

  void start(http_service service) override {
    core_.service = std::move(service);
    accept();
    thread_ = std::thread{[this] { core_.io.run(); }};
  }

  std::function<void(std::function<void()>)> poster() override {
    return [door = core_.door](std::function<void()> work) { door->post(std::move(work)); };
  }

  void stop() override {
    if (thread_.joinable()) {
      core_.door->post([this] { begin_stop(); });
      thread_.join();
    }
    core_.door->close();
    while (!core_.connections.empty())
      core_.connections.front()->close();
  }

private:
  /// So that programs this process starts do not keep its ports and connections open.
  static void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

  void begin_stop() {
    core_.stopping = true;
    asio::error_code ignored;
    acceptor_.close(ignored);
    auto present = core_.connections;
    for (const auto& one : present)
      if (one->is_reading())
        one->close();
    timer_.expires_after(stop_time);
    timer_.async_wait([this](asio::error_code) { core_.io.stop(); });
    core_.stop_if_idle();
  }

  void accept() {
    acceptor_.async_accept([this](asio::error_code failed, tcp::socket socket) {
      if (!acceptor_.is_open())
        return;
      if (failed)
        return pause_accepting(failed);
      close_on_exec(socket.native_handle());
      take(std::move(socket));
      accept();
    });
  }

  /// Without descriptors an accept fails at once, again and again.
  void pause_accepting(const asio::error_code& why) {
    core_.warn("cannot take connections", to_string(address_), why.message());
    timer_.expires_after(accept_pause);
    timer_.async_wait([this](asio::error_code) {
      if (acceptor_.is_open())
        accept();
    });
  }

  void take(tcp::socket socket) {
    asio::error_code failed;
    tcp::endpoint from = socket.remote_endpoint(failed);
    if (failed)
      return;
    std::string peer = to_string(node_address{from.address().to_string(failed), from.port()});
    if (core_.connections.size() >= core_.settings.connections_max && !make_room())
      return core_.warn("connection refused", peer, "rest.max-connections are open");
    socket.set_option(tcp::no_delay{true}, failed);
    auto one = std::make_shared<http_connection>(core_, std::move(socket), std::move(peer));
    core_.connections.push_back(one);
    one->start(std::prev(core_.connections.end()));
  }

  /// Closes the connection that has kept the server waiting longest.
  bool make_room() {
    std::shared_ptr<http_connection> slowest;
    for (const auto& one : core_.connections)
      if (one->is_reading() && (!slowest || one->reading_since() < slowest->reading_since()))
        slowest = one;
    if (!slowest)
      return false;
    slowest->close();
    return true;
  }

  server_core core_;
  tcp::acceptor acceptor_{core_.io};
  asio::steady_timer timer_{core_.io};
  node_address address_;
  std::thread thread_;
};

} // namespace

result<std::unique_ptr<http_server>> make_http_server(const http_server_settings& settings,
                                                      weir::clock& clock) {
  auto server = std::make_unique<asio_http_server>(settings, clock);
  if (auto bound = server->bind(); !bound)
    return bound.failure();
  return std::unique_ptr<http_server>{std::move(server)};
}

} // namespace weir
