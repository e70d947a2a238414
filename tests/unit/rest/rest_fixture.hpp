#pragma once

#include "manual_clock.hpp"
#include "memory_gateway.hpp"

#include "rest/rest_router.hpp"
#include "rest/rest_services.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::testing {

/// A server's answer with its body read.
struct answer {
  int status = 0;
  std::string content_type;
  nlohmann::json body;

  /// The first of {"errors": […]}; empty when the body is anything else.
  [[nodiscard]] std::string error_text() const;
};

/// All paths over a cluster in memory, without sockets.
class rest_fixture {
public:
  memory_gateway cluster;
  manual_clock clock;
  bool shut_down = false;

  explicit rest_fixture(jar_service* jars = nullptr);
  rest_fixture(const rest_fixture&) = delete;

  answer get(std::string_view target) { return send("GET", target); }

  answer send(std::string_view method, std::string_view target, std::string body = {},
              std::string content_type = "application/json");

private:
  std::uint64_t next_id_ = 7;
  rest_services services_;
  rest_router router_;
};

/// Checks that the object has every field of a list such as "jid:text start-time:int tasks:object
/// name:text|null", and each with its type: text, int, number, bool, object, list.
void expect_fields(const nlohmann::json& object, std::string_view fields);

} // namespace weir::testing
