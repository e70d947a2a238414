#include "command.hpp"
#include "command_line.hpp"
#include "master_option.hpp"
#include "program_options.hpp"
#include "triggered_checkpoint.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace weir::tools {
namespace {

class checkpoint_command final : public command {
public:
  explicit checkpoint_command(CLI::App& options) : command{options}, master_{options} {
    options.add_option("ID", id_, "The job's id")->required()->check(&job_id_problem);
    auto* full =
        options.add_flag("--full", full_, "Write all of the state, also if the job's are incremental");
    options
        .add_flag("--incremental", incremental_,
                  "Write only what changed; fails unless the job's checkpoints are incremental")
        ->excludes(full);
  }

  int run(const command_context& with) override {
    auto master = master_.connect(with);
    if (!master)
      return failed(master.failure());
    std::printf("Triggering checkpoint for job %s.\nWaiting for response...\n", id_.c_str());
    std::fflush(stdout);
    std::string type = full_ ? "FULL" : incremental_ ? "INCREMENTAL" : "CONFIGURED";
    auto taken = trigger_checkpoint(with, *master, id_, type);
    if (!taken)
      return failed(taken.failure());
    std::printf("Checkpoint(%s) %s for job %s completed.\n", type.c_str(), std::to_string(*taken).c_str(),
                id_.c_str());
    return exit_done;
  }

private:
  master_option master_;
  std::string id_;
  bool full_ = false;
  bool incremental_ = false;
};

} // namespace

void add_checkpoint_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<checkpoint_command>(
      *program.add_subcommand("checkpoint", "Takes a checkpoint of a job now")));
}

} // namespace weir::tools
