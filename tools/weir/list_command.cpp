#include "command.hpp"
#include "job_list.hpp"
#include "master_option.hpp"
#include "program_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace weir::tools {
namespace {

class list_command final : public command {
public:
  explicit list_command(CLI::App& options) : command{options}, master_{options} {
    options.add_flag("-r,--running", wanted_.running, "Only jobs that run");
    options.add_flag("-s,--scheduled", wanted_.scheduled, "Only jobs that have yet to start");
    options.add_flag("-a,--all", all_, "Ended jobs too");
    options.add_flag("--json", json_, "Print JSON");
  }

  int run(const command_context& with) override {
    job_selection which = wanted_;
    if (all_)
      which = {true, true, true};
    else if (!which.running && !which.scheduled)
      which = {.running = true, .scheduled = true};
    auto master = master_.connect(with);
    if (!master)
      return failed(master.failure());
    if (!json_)
      std::puts("Waiting for response...");
    std::fflush(stdout);
    auto overview = master->get("/jobs/overview");
    if (!overview)
      return failed(overview.failure());
    if (json_)
      std::puts(selected_jobs(overview->parsed, which).dump(2).c_str());
    else
      std::fputs(job_list_text(overview->parsed, which).c_str(), stdout);
    return exit_done;
  }

private:
  master_option master_;
  job_selection wanted_;
  bool all_ = false;
  bool json_ = false;
};

} // namespace

void add_list_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<list_command>(*program.add_subcommand("list", "Lists jobs")));
}

} // namespace weir::tools
