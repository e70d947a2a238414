#include "rest_client.hpp"

#include <httplib.h>

#include <csignal>
#include <utility>

namespace weir::tools {
namespace {

using nlohmann::json;

/// Keeps this thread from being killed when the server closes a connection that is still written to: the
/// library leaves the signal on.
class broken_pipe_ignored {
public:
  broken_pipe_ignored() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }

  ~broken_pipe_ignored() {
    timespec at_once{};
    if (!was_pending_)
      sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  broken_pipe_ignored(const broken_pipe_ignored&) = delete;

private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

/// What the library does not tell about a request that failed.
struct attempt {
  bool host_found = false;
  bool answer_too_long = false;
  std::chrono::steady_clock::duration took{};
};

std::string seconds_text(std::chrono::milliseconds time) {
  if (time.count() % 1000 == 0)
    return std::to_string(time.count() / 1000) + " s";
  return std::to_string(time.count()) + " ms";
}

error connection_error(httplib::Error problem, const rest_address& master, std::chrono::milliseconds timeout,
                       const attempt& made) {
  std::string where = to_string(master);
  if (made.answer_too_long)
    return {errc::failed, where + " answered with more than " +
                              std::to_string(rest_client::answer_bytes_max / (1024 * 1024)) +
                              " MiB: is it the REST address of a weir master?"};
  bool connecting = problem == httplib::Error::Connection || problem == httplib::Error::ConnectionTimeout ||
                    problem == httplib::Error::BindIPAddress;
  if (connecting && !made.host_found)
    return {errc::unavailable, "There is no host '" + master.host + "': name the master with -m HOST:PORT."};
  if (connecting)
    return {errc::unavailable, "No master answers at " + where +
                                   ": start one with `weir cluster start`, or name it with -m HOST:PORT."};
  if (made.took >= timeout)
    return {errc::timed_out, where + " took the connection but did not answer within " +
                                 seconds_text(timeout) +
                                 ": the master is overloaded or stopped, or this is not its REST address."};
  return {errc::unavailable,
          where + " closed the connection without an answer: the master ended, or this is not its REST "
                  "address (its rpc port is another one)."};
}

errc code_of(int status) {
  switch (status) {
  case 404:
    return errc::not_found;
  case 408:
    return errc::timed_out;
  case 409:
    return errc::already_exists;
  case 503:
    return errc::unavailable;
  default:
    return status >= 400 && status < 500 ? errc::invalid_argument : errc::failed;
  }
}

/// The texts of {"errors":[...]}.
std::string refusal_text(const json& body) {
  std::string text;
  auto errors = body.is_object() ? body.find("errors") : body.end();
  if (errors == body.end() || !errors->is_array())
    return text;
  for (const json& entry : *errors)
    if (entry.is_string() && !entry.get_ref<const std::string&>().empty())
      text += (text.empty() ? "" : "; ") + entry.get_ref<const std::string&>();
  return text;
}

} // namespace

rest_client::rest_client(rest_address master, std::chrono::milliseconds timeout)
    : master_{std::move(master)}, timeout_{timeout} {}

result<rest_client> rest_client::at(std::string_view host_port, std::chrono::milliseconds timeout) {
  auto master = parse_rest_address(host_port);
  if (!master)
    return master.failure();
  return rest_client{*std::move(master), timeout};
}

result<rest_reply> rest_client::get(const std::string& path) {
  return send("GET", path, {}, nullptr);
}

result<rest_reply> rest_client::post(const std::string& path, const json& body) {
  return send("POST", path, body.dump(-1, ' ', false, json::error_handler_t::replace), "application/json");
}

result<rest_reply> rest_client::put(const std::string& path, const json& body) {
  return send("PUT", path, body.dump(-1, ' ', false, json::error_handler_t::replace), "application/json");
}

result<rest_reply> rest_client::patch(const std::string& path) {
  return send("PATCH", path, "{}", "application/json");
}

result<rest_reply> rest_client::del(const std::string& path) {
  return send("DELETE", path, {}, nullptr);
}

result<rest_reply> rest_client::put_bytes(const std::string& path, std::string bytes) {
  return send("PUT", path, std::move(bytes), "application/octet-stream");
}

result<rest_reply> rest_client::send(const char* method, const std::string& path, std::string body,
                                     const char* content_type) {
  attempt made;
  std::string answer;

  httplib::Client client{master_.host, master_.port};
  client.set_url_encode(false);
  client.set_connection_timeout(timeout_);
  client.set_read_timeout(timeout_);
  client.set_write_timeout(timeout_);
  // The library calls this once it has an address to connect to.
  client.set_socket_options([&made](int) { made.host_found = true; });

  httplib::Request request;
  request.method = method;
  request.path = path;
  if (content_type)
    request.set_header("Content-Type", content_type);
  request.body = std::move(body);
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    made.answer_too_long = answer.size() + size > answer_bytes_max;
    if (!made.answer_too_long)
      answer.append(data, size);
    return !made.answer_too_long;
  };

  broken_pipe_ignored ignored;
  auto start = std::chrono::steady_clock::now();
  httplib::Result got = client.send(request);
  made.took = std::chrono::steady_clock::now() - start;
  if (!got)
    return connection_error(got.error(), master_, timeout_, made);

  rest_reply reply{got->status, std::move(answer), nullptr};
  if (!reply.body.empty())
    reply.parsed = json::parse(reply.body, nullptr, false);
  bool refused = reply.status < 200 || reply.status > 299;
  if (refused) {
    std::string text = refusal_text(reply.parsed);
    return error{code_of(reply.status), text.empty()
                                            ? to_string(master_) + " answered " + method + " " + path +
                                                  " with status " + std::to_string(reply.status) + "."
                                            : text};
  }
  if (reply.parsed.is_discarded())
    return error{errc::failed,
                 to_string(master_) + " answered " + method + " " + path +
                     " with something that is not JSON: is it the REST address of a weir master?"};
  return reply;
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                 c == '.' || c == '_' || c == '~';
    if (plain)
      encoded += c;
    else
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return encoded;
}

} // namespace weir::tools
