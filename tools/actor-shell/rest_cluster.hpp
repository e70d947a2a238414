#pragma once

#include "command.hpp"
#include "rest_client.hpp"

#include "base/platform.hpp"

namespace weir::tools::shell {

/// A cluster behind its master's REST server. A SIGINT or SIGTERM ends a wait for the answer, with an error
/// of the code canceled.
class rest_cluster : public cluster {
public:
  /// The clock must outlive this.
  rest_cluster(rest_client client, weir::clock& clock) : client_{std::move(client)}, clock_{clock} {}

  result<nlohmann::json> get(const std::string& path) override;
  std::int64_t wall_ms() override { return clock_.wall_ms(); }

private:
  rest_client client_;
  weir::clock& clock_;
};

} // namespace weir::tools::shell
