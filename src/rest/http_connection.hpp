#pragma once

#include "base/log.hpp"
#include "base/platform.hpp"
#include "rest/http_message.hpp"
#include "rest/http_server.hpp"
#include "rest/line_limiter.hpp"
#include "rest/request_parser.hpp"

#define ASIO_STANDALONE
#include <asio.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

/// The inside of the HTTP server: only its two sources include this, and with it asio.
namespace weir {

class http_connection;

/// The way to the server's thread for as long as it runs.
class server_door {
public:
  explicit server_door(asio::io_context& io) : io_{&io} {}

  void post(std::function<void()> work) {
    std::lock_guard lock{mutex_};
    if (io_)
      asio::post(*io_, std::move(work));
  }

  void close() {
    std::lock_guard lock{mutex_};
    io_ = nullptr;
  }

private:
  std::mutex mutex_;
  asio::io_context* io_;
};

/// What all connections of a server share. Used on its thread only, but for `door`.
struct server_core {
  server_core(const http_server_settings& given, weir::clock& time) : settings{given}, clock{time} {}

  http_server_settings settings;
  weir::clock& clock;
  http_service service;
  std::list<std::shared_ptr<http_connection>> connections; ///< oldest first
  std::uint64_t buffered_bytes = 0;
  bool stopping = false;
  line_limiter limiter{10}; ///< lines a second
  // Below what connections use until they are destroyed, which may be with the context.
  asio::io_context io{1};
  std::shared_ptr<server_door> door = std::make_shared<server_door>(io);

  void warn(std::string_view phrase, const std::string& peer, const std::string& reason) {
    auto left_out = limiter.admit(clock.now());
    if (!left_out)
      return;
    if (*left_out == 0)
      log::rest.warn(phrase, {{"peer", peer}, {"reason", reason}});
    else
      log::rest.warn(phrase, {{"peer", peer}, {"reason", reason}, {"left_out_before", *left_out}});
  }

  void stop_if_idle() {
    if (stopping && connections.empty())
      io.stop();
  }
};

/// One peer: reads a request, hands it on, writes the answer, and again. Destroyed when it is closed and no
/// operation holds it any more. On the server's thread only.
class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  using place = std::list<std::shared_ptr<http_connection>>::iterator;

  http_connection(server_core& core, asio::ip::tcp::socket socket, std::string peer);
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  /// `self` is its place in server_core::connections, which close() gives up.
  void start(place self);

  void close();

  /// The answer to request `number`; ignored when that is not the present one.
  void answer(std::uint64_t number, http_response response);

  /// Waits for a peer to send the rest of a request, or a new one.
  [[nodiscard]] bool is_reading() const { return phase_ == phase::reading; }
  [[nodiscard]] time_point reading_since() const { return began_; }

private:
  enum class phase { reading, handling, writing, lingering, closed };
  enum class after_answer { next_request, close, linger };

  request_parser::limits limits();

  void arm(std::chrono::steady_clock::duration after);
  void arm_for_progress(std::uint64_t bytes_so_far);
  void on_deadline();

  void await_request();
  void read();
  void on_read(asio::error_code failed, std::size_t count);
  void use_bytes();
  bool hold(std::uint64_t bytes);
  void send_continue();
  void handle();

  void refuse(int status, const std::string& why);
  void send(http_response response, after_answer then);
  void write(after_answer then);
  void finish_answer(after_answer then);

  server_core& core_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  std::uint64_t timer_round_ = 0;
  std::string peer_;
  place self_;
  phase phase_ = phase::reading;
  time_point began_; ///< the present request, body or answer
  std::array<char, 16 * 1024> buffer_;
  std::string_view pending_; ///< into buffer_: read, but not yet used
  request_parser parser_;
  bool read_under_way_ = false;
  std::uint64_t held_bytes_ = 0;
  std::uint64_t request_number_ = 0;
  bool without_body_ = false;
  std::string output_;
  std::size_t written_ = 0;
};

} // namespace weir
