#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "rest/cluster_gateway.hpp"
#include "wire/control_messages.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir {

class configuration;

struct rest_server_options {
  std::string commit; ///< of this build, shown to clients
  /// The program `weir`, which builds the graphs of uploaded libraries.
  std::string weir_program;
  /// A client asked the cluster to end (DELETE /cluster). Called on the server's thread; must not stop the
  /// server there.
  std::function<void()> shut_down;
};

/// The REST server of a master (docs/rest.md), on threads of its own.
class rest_server {
public:
  virtual ~rest_server() = default;

  /// Where clients reach it: `rest.address` with the port that is really used.
  [[nodiscard]] virtual const node_address& address() const = 0;

  /// Lets answers under way go out for at most a second. Idempotent; the destructor does it too.
  virtual void stop() = 0;
};

/// Serves at `rest.bind-address` and `rest.port`. `environment` and `gateway` must live longer than the
/// server. Fails when the address cannot be listened on.
result<std::unique_ptr<rest_server>> start_rest_server(platform& environment, const configuration& settings,
                                                       cluster_gateway& gateway, rest_server_options options);

} // namespace weir
