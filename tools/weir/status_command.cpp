#include "command.hpp"
#include "command_line.hpp"
#include "job_status_text.hpp"
#include "master_option.hpp"
#include "program_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace weir::tools {
namespace {

class status_command final : public command {
public:
  explicit status_command(CLI::App& options) : command{options}, master_{options} {
    options.add_option("ID", id_, "The job's id")->required()->check(&job_id_problem);
    options.add_flag("--json", json_, "Print JSON, as GET /jobs/ID gives it");
  }

  int run(const command_context& with) override {
    auto master = master_.connect(with);
    if (!master)
      return failed(master.failure());
    auto job = master->get("/jobs/" + id_);
    if (!job)
      return failed(job.failure());
    if (json_) {
      std::puts(job->parsed.dump(2).c_str());
      return exit_done;
    }
    auto exceptions = master->get("/jobs/" + id_ + "/exceptions");
    if (!exceptions)
      return failed(exceptions.failure());
    std::fputs(job_status_text(job->parsed, exceptions->parsed).c_str(), stdout);
    return exit_done;
  }

private:
  master_option master_;
  std::string id_;
  bool json_ = false;
};

} // namespace

void add_status_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<status_command>(*program.add_subcommand("status", "Shows where a job is")));
}

} // namespace weir::tools
