#include "canned_server.hpp"

#include <httplib.h>

#include <stdexcept>
#include <thread>
#include <utility>

namespace weir::testing {

class canned_server::running {
public:
  explicit running(std::function<canned_answer(const canned_request&)> answer) : answer_{std::move(answer)} {
    auto handle = [this](const httplib::Request& request, httplib::Response& response) {
      canned_answer given =
          answer_({request.method, request.target, request.get_header_value("Host"), request.body});
      response.status = given.status;
      response.set_content(given.body, given.content_type);
    };
    server_.Get(".*", handle);
    server_.Post(".*", handle);
    server_.Put(".*", handle);
    server_.Patch(".*", handle);
    server_.Delete(".*", handle);
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ < 0)
      throw std::runtime_error{"no port to listen on"};
    thread_ = std::thread{[this] { server_.listen_after_bind(); }};
  }

  ~running() {
    // A stop before the loop has begun would be lost.
    while (!server_.is_running())
      std::this_thread::yield();
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] int port() const { return port_; }

private:
  std::function<canned_answer(const canned_request&)> answer_;
  httplib::Server server_;
  int port_ = -1;
  std::thread thread_;
};

canned_server::canned_server(std::function<canned_answer(const canned_request&)> answer)
    : running_{std::make_unique<running>(std::move(answer))}, port_{running_->port()} {}

canned_server::~canned_server() = default;

} // namespace weir::testing
