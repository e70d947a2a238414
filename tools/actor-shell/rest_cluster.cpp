#include "rest_cluster.hpp"

#include "signals.hpp"

#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace weir::tools::shell {

using nlohmann::json;

result<json> rest_cluster::get(const std::string& path) {
  // How long Ctrl-C may seem to do nothing.
  constexpr std::chrono::milliseconds look_interval{50};

  // The HTTP library goes on waiting after a signal. So another thread waits for the answer; when the user
  // does not want it any more, that thread is left to its timeout.
  noted_signals signals;
  std::packaged_task<result<json>()> task{[client = client_, path]() mutable -> result<json> {
    auto reply = client.get(path);
    if (!reply)
      return reply.failure();
    return std::move(reply->parsed);
  }};
  auto found = task.get_future();
  std::thread{std::move(task)}.detach();
  while (found.wait_for(look_interval) != std::future_status::ready)
    if (signals.take_interrupt() || signals.ended())
      return error{errc::canceled, "Interrupted."};
  return found.get();
}

} // namespace weir::tools::shell
