#include "rest/http_connection.hpp"

#include "rest/answers.hpp"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

constexpr std::size_t header_count_max = 100;
/// What a peer that sent nonsense may still send while the answer travels to it.
constexpr std::chrono::milliseconds linger_time = 2s;

} // namespace

http_connection::http_connection(server_core& core, tcp::socket socket, std::string peer)
    : core_{core}, socket_{std::move(socket)}, timer_{core.io}, peer_{std::move(peer)}, parser_{limits()} {}

http_connection::~http_connection() {
  core_.buffered_bytes -= held_bytes_;
}

void http_connection::start(place self) {
  self_ = self;
  await_request();
}

void http_connection::close() {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  ++timer_round_;
  timer_.cancel();
  asio::error_code ignored;
  socket_.close(ignored);
  auto until_return = shared_from_this();
  core_.connections.erase(self_);
  core_.stop_if_idle();
}

void http_connection::answer(std::uint64_t number, http_response response) {
  if (phase_ != phase::handling || number != request_number_)
    return;
  bool keep = parser_.keep_alive() && !core_.stopping;
  send(std::move(response), keep ? after_answer::next_request : after_answer::close);
}

request_parser::limits http_connection::limits() {
  return {core_.settings.header_bytes_max, header_count_max,
          [this](const http_request& request) { return core_.service.body_limit(request); }};
}

void http_connection::arm(std::chrono::steady_clock::duration after) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this(), round = ++timer_round_](asio::error_code failed) {
    // A timer that ran out just before it was set anew reports success all the same.
    if (!failed && round == self->timer_round_)
      self->on_deadline();
  });
}

/// For a peer that takes or gives bytes: the next ones soon, all of them at a rate.
void http_connection::arm_for_progress(std::uint64_t bytes_so_far) {
  auto rate_allows = core_.settings.idle_timeout +
                     std::chrono::milliseconds{bytes_so_far * 1000 / core_.settings.body_rate_min};
  auto left = rate_allows - (core_.clock.now() - began_);
  arm(std::min<std::chrono::steady_clock::duration>(core_.settings.idle_timeout, left));
}

void http_connection::on_deadline() {
  switch (phase_) {
  case phase::reading:
    if (!parser_.in_request())
      return close();
    return refuse(408, "the request did not come in time");
  case phase::handling:
    core_.warn("request not answered in time", peer_, "web.timeout");
    return send(error_answer(503, "The cluster did not answer in time."), after_answer::close);
  case phase::writing:
    core_.warn("connection closed", peer_, "the peer does not take its answer");
    return close();
  case phase::lingering:
  case phase::closed:
    return close();
  }
}

void http_connection::await_request() {
  phase_ = phase::reading;
  began_ = core_.clock.now();
  arm(core_.settings.idle_timeout);
  use_bytes();
}

/// One read at a time is under way, whatever the phase when it ends.
void http_connection::read() {
  if (std::exchange(read_under_way_, true))
    return;
  socket_.async_read_some(asio::buffer(buffer_),
                          [self = shared_from_this()](asio::error_code failed, std::size_t count) {
                            self->read_under_way_ = false;
                            self->on_read(failed, count);
                          });
}

void http_connection::on_read(asio::error_code failed, std::size_t count) {
  bool wanted = phase_ == phase::reading || phase_ == phase::lingering;
  if (!wanted)
    return;
  if (failed)
    return close();
  if (phase_ == phase::lingering)
    return read();
  pending_ = {buffer_.data(), count};
  use_bytes();
}

/// Gives what was read to the parser, and reads more when that was all.
void http_connection::use_bytes() {
  while (phase_ == phase::reading && !pending_.empty()) {
    bool was_in_request = parser_.in_request();
    bool was_in_body = parser_.in_body();
    std::size_t used = 0;
    auto progress = parser_.feed(pending_, used);
    pending_.remove_prefix(std::min(used, pending_.size()));
    if (!hold(parser_.body_size()))
      return refuse(503, "the server holds too many request bodies: try again later");
    switch (progress) {
    case request_parser::progress::failed:
      return refuse(parser_.failure().status, parser_.failure().text);
    case request_parser::progress::complete:
      return handle();
    case request_parser::progress::want_continue:
      send_continue();
      break;
    case request_parser::progress::more:
      break;
    }
    if (!was_in_request || was_in_body != parser_.in_body())
      began_ = core_.clock.now();
    if (parser_.in_body())
      arm_for_progress(parser_.body_size());
    else if (!was_in_request)
      arm(core_.settings.idle_timeout);
  }
  if (phase_ == phase::reading)
    read();
}

bool http_connection::hold(std::uint64_t bytes) {
  core_.buffered_bytes += bytes - held_bytes_;
  held_bytes_ = bytes;
  return core_.buffered_bytes <= core_.settings.buffered_bytes_max;
}

void http_connection::send_continue() {
  static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(text.data(), text.size()),
                    [self = shared_from_this()](asio::error_code, std::size_t) {});
}

void http_connection::handle() {
  phase_ = phase::handling;
  arm(core_.settings.answer_timeout);
  http_request request = parser_.take();
  request.peer = peer_;
  without_body_ = request.method == "HEAD";
  if (without_body_)
    request.method = "GET";
  core_.service.handle(std::move(request), [door = core_.door, peer = weak_from_this(),
                                            number = request_number_](http_response response) {
    door->post([peer, number, response = std::move(response)]() mutable {
      if (auto self = peer.lock())
        self->answer(number, std::move(response));
    });
  });
}

void http_connection::refuse(int status, const std::string& why) {
  core_.warn("bad request", peer_, why);
  send(error_answer(status, why), after_answer::linger);
}

void http_connection::send(http_response response, after_answer then) {
  phase_ = phase::writing;
  output_ = "HTTP/1.1 " + std::to_string(response.status) + " " +
            std::string{reason_phrase(response.status)} + "\r\nContent-Type: " + response.content_type +
            "\r\nContent-Length: " + std::to_string(response.body.size()) +
            (then == after_answer::next_request ? "\r\nConnection: keep-alive" : "\r\nConnection: close") +
            "\r\n\r\n";
  if (!without_body_)
    output_ += response.body;
  written_ = 0;
  began_ = core_.clock.now();
  write(then);
}

void http_connection::write(after_answer then) {
  arm_for_progress(written_);
  socket_.async_write_some(asio::buffer(output_.data() + written_, output_.size() - written_),
                           [self = shared_from_this(), then](asio::error_code failed, std::size_t count) {
                             if (self->phase_ != phase::writing)
                               return;
                             if (failed)
                               return self->close();
                             self->written_ += count;
                             if (self->written_ < self->output_.size())
                               return self->write(then);
                             self->finish_answer(then);
                           });
}

void http_connection::finish_answer(after_answer then) {
  output_ = {};
  without_body_ = false;
  ++request_number_;
  hold(0);
  if (then == after_answer::close || core_.stopping)
    return close();
  if (then == after_answer::next_request)
    return await_request();
  // Closing now, with bytes of the peer unread, would reset the connection and lose the answer on its way.
  phase_ = phase::lingering;
  asio::error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  arm(linger_time);
  read();
}

} // namespace weir
