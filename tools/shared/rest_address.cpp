#include "rest_address.hpp"

#include <charconv>

namespace weir::tools {
namespace {

error malformed(std::string_view text, const std::string& why) {
  return error{errc::invalid_argument, "'" + std::string{text} + "' is no address of a master: " + why +
                                           ". Write HOST:PORT, as in 127.0.0.1:8081 or [::1]:8081."};
}

} // namespace

result<rest_address> parse_rest_address(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with("https://"))
    return malformed(text, "the REST server speaks plain HTTP");
  if (rest.starts_with("http://"))
    rest.remove_prefix(7);
  if (rest.ends_with('/'))
    rest.remove_suffix(1);

  std::string_view host;
  if (rest.starts_with('[')) {
    std::size_t closing = rest.find(']');
    if (closing == std::string_view::npos)
      return malformed(text, "the bracket is not closed");
    host = rest.substr(1, closing - 1);
    rest.remove_prefix(closing + 1);
    if (host.find(':') == std::string_view::npos)
      return malformed(text, "only IPv6 addresses stand in brackets");
  } else {
    std::size_t colon = rest.find(':');
    host = rest.substr(0, colon);
    rest.remove_prefix(host.size());
    if (rest.find(':', 1) != std::string_view::npos)
      return malformed(text, "an IPv6 address stands in brackets");
  }
  if (host.empty())
    return malformed(text, "the host is missing");
  if (host.find_first_of(" /?#@\t\r\n") != std::string_view::npos)
    return malformed(text, "'" + std::string{host} + "' is no host");
  if (rest.size() < 2 || rest.front() != ':')
    return malformed(text, "the port is missing");

  rest.remove_prefix(1);
  unsigned port = 0;
  auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), port);
  if (problem != std::errc{} || end != rest.data() + rest.size() || port == 0 || port > 65535)
    return malformed(text, "the port must be a number from 1 to 65535");
  return rest_address{std::string{host}, static_cast<std::uint16_t>(port)};
}

std::string to_string(const rest_address& address) {
  bool is_ipv6 = address.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

} // namespace weir::tools
