#include "connectors/text_lines/line_batches.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/source_parts.hpp>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::detail {

namespace {

constexpr std::size_t read_size = 16 * 1024;
constexpr std::size_t max_line_size = 16 * 1024 * 1024;
constexpr int connect_step_ms = 100;
constexpr int connect_timeout_ms = 10'000;

class socket_descriptor {
public:
  explicit socket_descriptor(int descriptor = -1) : descriptor_{descriptor} {}
  socket_descriptor(socket_descriptor&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  socket_descriptor& operator=(socket_descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~socket_descriptor() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

private:
  int descriptor_;
};

/// Lines of one connection. Reading never blocks: without bytes the source is idle, so the task stays
/// responsive.
class socket_text_source final : public source_operator {
public:
  socket_text_source(std::string host, std::uint16_t port)
      : host_{std::move(host)}, port_{std::to_string(port)}, lines_{name(), max_line_size} {}

  /// What had ended in a snapshot stays ended.
  void open(operator_context& context) override {
    context_ = &context;
    left_.open(context, 1, [] { return std::vector<number_range>{{0, 1}}; });
    if (!left_.empty())
      connect();
  }

  status poll() override {
    if (left_.empty())
      return status::ended;
    char bytes[read_size];
    ssize_t count = ::recv(socket_.get(), bytes, read_size, 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
      return status::idle;
    if (count < 0)
      fail("cannot read from");
    bool ended = count == 0;
    lines_.add({bytes, static_cast<std::size_t>(count)}, ended, *context_->out());
    if (ended)
      left_.read_to(1);
    return ended ? status::ended : status::more;
  }

  void close() noexcept override { socket_ = socket_descriptor{}; }

private:
  [[nodiscard]] std::string name() const { return host_ + ':' + port_; }

  [[noreturn]] void fail(const char* what, int code = errno) const {
    throw std::runtime_error{std::string{what} + ' ' + name() + ": " + std::strerror(code)};
  }

  void connect() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (int failure = ::getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found); failure != 0)
      throw std::runtime_error{"cannot find " + name() + ": " + ::gai_strerror(failure)};
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, &::freeaddrinfo};
    int code = 0;
    for (addrinfo* each = found; each; each = each->ai_next) {
      socket_descriptor socket{
          ::socket(each->ai_family, each->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
      if (socket.get() < 0) {
        code = errno;
        continue;
      }
      if (::connect(socket.get(), each->ai_addr, each->ai_addrlen) == 0 || errno == EINPROGRESS)
        code = wait_until_connected(socket.get());
      else
        code = errno;
      if (code == 0) {
        socket_ = std::move(socket);
        return;
      }
    }
    fail("cannot connect to", code);
  }

  /// Returns 0, or why there is no connection.
  int wait_until_connected(int socket) {
    for (int waited = 0; waited < connect_timeout_ms && !context_->canceled(); waited += connect_step_ms) {
      pollfd writable{socket, POLLOUT, 0};
      if (::poll(&writable, 1, connect_step_ms) <= 0)
        continue;
      int code = 0;
      socklen_t size = sizeof code;
      ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size);
      return code;
    }
    return ETIMEDOUT;
  }

  std::string host_;
  std::string port_;
  operator_context* context_ = nullptr;
  socket_descriptor socket_;
  source_parts<number_range> left_; ///< one, which is the connection
  line_batches lines_;
};

} // namespace

std::unique_ptr<source_operator> make_socket_text_source(std::string host, std::uint16_t port) {
  return std::make_unique<socket_text_source>(std::move(host), port);
}

} // namespace weir::detail
