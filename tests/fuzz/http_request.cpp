#include "fuzz_target.hpp"
#include "rest/request_parser.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using weir::request_parser;

constexpr std::size_t header_bytes = 300;
constexpr std::uint64_t body_bytes = 100;

/// All that comes of the bytes when they arrive `step` at a time.
std::string outcome_of(std::string_view bytes, std::size_t step) {
  request_parser parser{{header_bytes, 10, [](const weir::http_request&) { return body_bytes; }}};
  std::string outcome;
  while (!bytes.empty()) {
    std::size_t used = 0;
    auto progress = parser.feed(bytes.substr(0, step), used);
    require(used <= std::min(step, bytes.size()), "more bytes were used than given");
    require(parser.body_size() <= body_bytes, "the body is longer than allowed");
    bytes.remove_prefix(used);
    if (progress == request_parser::progress::failed)
      return outcome + "refused " + std::to_string(parser.failure().status);
    if (progress != request_parser::progress::complete)
      continue;
    weir::http_request request = parser.take();
    outcome += request.method + " ";
    for (const auto& segment : request.path)
      outcome += "/" + segment;
    for (const auto& [name, value] : request.query)
      outcome += "?" + name + "=" + value;
    for (const auto& [name, value] : request.headers)
      outcome += " " + name + ":" + value;
    outcome += " " + request.body + "\n";
  }
  return outcome;
}

} // namespace

/// However the bytes are cut, the same requests come of them, within the limits.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  require(outcome_of(bytes, 1) == outcome_of(bytes, 1 << 20),
          "the requests depend on how their bytes were cut");
  return 0;
}
