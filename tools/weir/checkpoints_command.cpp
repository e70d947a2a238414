#include "checkpoint_rows.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "master_option.hpp"
#include "program_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

#include <unistd.h>

namespace weir::tools {
namespace {

class checkpoints_command final : public command {
public:
  explicit checkpoints_command(CLI::App& options) : command{options}, master_{options} {
    options.add_option("ID", id_, "The job's id")->required()->check(&job_id_problem);
    options.add_flag("--json", json_, "Print JSON, as GET /jobs/ID/checkpoints gives it");
  }

  int run(const command_context& with) override {
    auto master = master_.connect(with);
    if (!master)
      return failed(master.failure());
    auto checkpoints = master->get("/jobs/" + id_ + "/checkpoints");
    if (!checkpoints)
      return failed(checkpoints.failure());
    if (json_)
      std::puts(checkpoints->parsed.dump(2).c_str());
    else
      std::fputs(
          render(checkpoint_page(checkpoints->parsed), {.colour = ::isatty(STDOUT_FILENO) == 1}).c_str(),
          stdout);
    return exit_done;
  }

private:
  master_option master_;
  std::string id_;
  bool json_ = false;
};

} // namespace

void add_checkpoints_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<checkpoints_command>(
      *program.add_subcommand("checkpoints", "Shows the checkpoints of a job")));
}

} // namespace weir::tools
