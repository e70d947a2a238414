#include "triggered_checkpoint.hpp"

#include "json_fields.hpp"

#include "base/options.hpp"

#include <algorithm>

#include <poll.h>

namespace weir::tools {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// The small ones take a few milliseconds.
constexpr std::chrono::milliseconds look_again_min = 5ms;
constexpr std::chrono::milliseconds look_again_max = 200ms;

result<std::uint64_t> outcome_of(const json& operation) {
  if (operation.contains("checkpointId"))
    return count_of(operation, "checkpointId");
  std::string cause = text_of(object_of(operation, "failureCause"), "stack-trace");
  return error{errc::failed, cause.empty() ? "the master tells no outcome of the checkpoint" : cause};
}

} // namespace

result<std::uint64_t> trigger_checkpoint(const command_context& with, rest_client& master,
                                         const std::string& job, const std::string& type) {
  std::string path = "/jobs/" + job + "/checkpoints";
  auto begun = master.post(path, {{"checkpointType", type}});
  if (!begun)
    return begun.failure();
  path += "/" + url_encoded(text_of(begun->parsed, "request-id"));

  auto& clock = with.environment.clock();
  time_point start = clock.now();
  while (true) {
    auto reply = master.get(path);
    if (!reply)
      return reply.failure().wrap("lost sight of the checkpoint");
    if (text_of(object_of(reply->parsed, "status"), "id") == "COMPLETED")
      return outcome_of(object_of(reply->parsed, "operation"));
    auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - start);
    if (waited >= with.settings.get(options::client_timeout))
      return error{errc::timed_out, "the checkpoint is not complete within client.timeout; it goes on. Ask "
                                    "`weir checkpoints " +
                                        job + "` later."};
    auto pause = std::clamp(waited / 10, look_again_min, look_again_max);
    ::poll(nullptr, 0, static_cast<int>(pause.count()));
  }
}

} // namespace weir::tools
