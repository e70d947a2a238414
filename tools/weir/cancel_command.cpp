#include "command.hpp"
#include "command_line.hpp"
#include "job_progress.hpp"
#include "master_option.hpp"
#include "program_options.hpp"

#include "base/options.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

#include <poll.h>

namespace weir::tools {
namespace {

constexpr int look_again_ms = 50;

class cancel_command final : public command {
public:
  explicit cancel_command(CLI::App& options) : command{options}, master_{options} {
    options.add_option("ID", id_, "The job's id")->required()->check(&job_id_problem);
  }

  int run(const command_context& with) override {
    auto master = master_.connect(with);
    if (!master)
      return failed(master.failure());
    std::printf("Cancelling job %s.\n", id_.c_str());
    std::fflush(stdout);
    auto told = master->patch("/jobs/" + id_ + "?mode=cancel");
    if (!told)
      return failed(told.failure());
    auto state = last_state(with, *master);
    if (!state)
      return failed(state.failure());
    if (*state != "CANCELED")
      return failed({errc::failed, "Job " + id_ + " was " + *state + " before it could be canceled."});
    std::printf("Cancelled job %s.\n", id_.c_str());
    return exit_done;
  }

private:
  /// Waits for the job's end.
  result<std::string> last_state(const command_context& with, rest_client& master) const {
    auto& clock = with.environment.clock();
    time_point deadline = clock.now() + with.settings.get(options::client_timeout);
    while (true) {
      auto reply = master.get("/jobs/" + id_ + "/status");
      if (!reply)
        return reply.failure();
      std::string state = reply->parsed.value("status", "");
      if (has_ended(state))
        return state;
      if (clock.now() >= deadline)
        return error{errc::timed_out, "Job " + id_ + " is still " + state +
                                          ": its tasks do not end within client.timeout. Ask `weir status " +
                                          id_ + "` later."};
      ::poll(nullptr, 0, look_again_ms);
    }
  }

  master_option master_;
  std::string id_;
};

} // namespace

void add_cancel_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<cancel_command>(*program.add_subcommand("cancel", "Cancels a job")));
}

} // namespace weir::tools
