#include "rest/request_parser.hpp"

#include <http_parser.h>

#include <algorithm>
#include <cctype>

namespace weir {

struct request_parser::state {
  explicit state(limits given) : limit{std::move(given)} {
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = this;
  }

  limits limit;
  http_parser parser{};
  http_request request;
  std::string target;
  std::string header_name;
  std::string header_value;
  bool in_value = false;
  std::size_t header_bytes = 0;
  std::size_t header_count = 0;
  std::uint64_t body_limit = 0;
  bool started = false;
  bool headers_done = false;
  bool wants_continue = false;
  bool complete = false;
  bool keeps_alive = false;
  problem failure{0, ""};

  int fail(int status, std::string text) {
    failure = {status, std::move(text)};
    return 1;
  }

  int count_header_bytes(std::size_t bytes) {
    header_bytes += bytes;
    if (header_bytes <= limit.header_bytes)
      return 0;
    return fail(431, "the request line and the headers are longer than " +
                         std::to_string(limit.header_bytes) + " bytes (rest.server.max-header-size)");
  }

  void finish_header() {
    if (!in_value)
      return;
    std::ranges::transform(header_name, header_name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto [entry, is_new] = request.headers.try_emplace(header_name, header_value);
    if (!is_new)
      entry->second += ", " + header_value;
    header_name.clear();
    header_value.clear();
    in_value = false;
  }

  int on_header_name(std::string_view bytes) {
    finish_header();
    if (header_name.empty() && ++header_count > limit.header_count)
      return fail(431, "the request has more than " + std::to_string(limit.header_count) + " headers");
    header_name += bytes;
    return count_header_bytes(bytes.size());
  }

  int on_header_value(std::string_view bytes) {
    in_value = true;
    header_value += bytes;
    return count_header_bytes(bytes.size());
  }

  int on_headers_complete() {
    finish_header();
    headers_done = true;
    if (parser.http_major != 1)
      return fail(400, "only HTTP/1 is spoken here");
    request.method = http_method_str(static_cast<http_method>(parser.method));
    parse_target(target, request);
    body_limit = limit.body_bytes ? limit.body_bytes(request) : 0;
    bool length_known = (parser.flags & F_CONTENTLENGTH) != 0;
    if (length_known && parser.content_length > body_limit)
      return fail_too_long();
    if (request.header("expect") == "100-continue") {
      wants_continue = true;
      http_parser_pause(&parser, 1);
    }
    return 0;
  }

  int on_body(std::string_view bytes) {
    if (request.body.size() + bytes.size() > body_limit)
      return fail_too_long();
    request.body += bytes;
    return 0;
  }

  int fail_too_long() {
    return fail(413, "the body of " + request.method + " requests to this path may have at most " +
                         std::to_string(body_limit) + " bytes");
  }

  int on_complete() {
    complete = true;
    keeps_alive = http_should_keep_alive(&parser) != 0 && !parser.upgrade;
    http_parser_pause(&parser, 1);
    return 0;
  }

  static state& of(http_parser* parser) { return *static_cast<state*>(parser->data); }

  static const http_parser_settings& callbacks() {
    static const http_parser_settings settings = [] {
      http_parser_settings set;
      http_parser_settings_init(&set);
      set.on_url = [](http_parser* parser, const char* at, std::size_t size) {
        of(parser).target.append(at, size);
        return of(parser).count_header_bytes(size);
      };
      set.on_header_field = [](http_parser* parser, const char* at, std::size_t size) {
        return of(parser).on_header_name({at, size});
      };
      set.on_header_value = [](http_parser* parser, const char* at, std::size_t size) {
        return of(parser).on_header_value({at, size});
      };
      set.on_headers_complete = [](http_parser* parser) { return of(parser).on_headers_complete(); };
      set.on_body = [](http_parser* parser, const char* at, std::size_t size) {
        return of(parser).on_body({at, size});
      };
      set.on_message_complete = [](http_parser* parser) { return of(parser).on_complete(); };
      return set;
    }();
    return settings;
  }
};

request_parser::request_parser(limits limits) : state_{std::make_unique<state>(std::move(limits))} {}
request_parser::~request_parser() = default;
request_parser::request_parser(request_parser&&) noexcept = default;
request_parser& request_parser::operator=(request_parser&&) noexcept = default;

request_parser::progress request_parser::feed(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (state_->failure.status != 0)
    return progress::failed;
  if (state_->complete)
    return progress::complete;
  if (bytes.empty())
    return progress::more;
  state_->started = true;
  used = http_parser_execute(&state_->parser, &state_->callbacks(), bytes.data(), bytes.size());
  if (state_->failure.status != 0)
    return progress::failed;
  if (state_->complete)
    return progress::complete;
  if (state_->wants_continue) {
    state_->wants_continue = false;
    http_parser_pause(&state_->parser, 0);
    return progress::want_continue;
  }
  auto code = static_cast<http_errno>(state_->parser.http_errno);
  if (code != HPE_OK) {
    state_->failure = {400, std::string{"this is not HTTP: "} + http_errno_description(code)};
    return progress::failed;
  }
  return progress::more;
}

http_request request_parser::take() {
  http_request taken = std::move(state_->request);
  bool keeps_alive = state_->keeps_alive;
  state_ = std::make_unique<state>(std::move(state_->limit));
  state_->keeps_alive = keeps_alive;
  return taken;
}

bool request_parser::keep_alive() const {
  return state_->keeps_alive;
}

bool request_parser::in_request() const {
  return state_->started;
}

bool request_parser::in_body() const {
  return state_->headers_done;
}

std::size_t request_parser::body_size() const {
  return state_->request.body.size();
}

const request_parser::problem& request_parser::failure() const {
  return state_->failure;
}

} // namespace weir
