#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A complete request, with its escapes decoded.
struct http_request {
  std::string method = "GET";
  std::vector<std::string> path; ///< segments between the slashes, without empty ones
  std::vector<std::pair<std::string, std::string>> query;
  std::map<std::string, std::string> headers; ///< names in lower case; repeated ones are joined with ", "
  std::string body;
  std::string peer; ///< "host:port", for logs

  /// The first value of a query parameter; nullopt when it is absent.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;

  /// A header's value, empty when it is absent. `name` is in lower case.
  [[nodiscard]] std::string_view header(const std::string& name) const;
};

struct http_response {
  int status = 200;
  std::string content_type = "application/json; charset=UTF-8";
  std::string body = "{}";
};

/// Called exactly once with the answer to a request.
using http_reply = std::function<void(http_response)>;

/// The standard phrase for a status code: "Not Found".
std::string_view reason_phrase(int status);

/// Undoes %XX; `plus_is_space` also turns '+' into a blank, as in a query. What is no valid escape stays as
/// it is.
std::string decode_escapes(std::string_view text, bool plus_is_space);

/// Escapes everything but letters, digits and "-._~".
std::string encode_escapes(std::string_view text);

/// Splits "/a/b?x=1&y" into path and query of `into`.
void parse_target(std::string_view target, http_request& into);

} // namespace weir
