#include "attached_run.hpp"
#include "built_job.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "interruption.hpp"
#include "job_compiler.hpp"
#include "local_run.hpp"
#include "master_option.hpp"
#include "program_options.hpp"
#include "submission.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <optional>
#include <string>

namespace weir::tools {
namespace {

class run_command final : public command {
public:
  explicit run_command(CLI::App& options) : command{options}, master_{options} {
    options.add_option("JOB", request_.library, "Job library (.so), or source file that is compiled first")
        ->required();
    options.add_flag("-d,--detached", detached_, "Do not wait for the job's end");
    options.add_option("-p,--parallelism", parallelism_, "Subtasks of each operator that does not say it")
        ->check(&parallelism_problem);
    options.add_option("-n,--name", request_.name, "Name for the job");
    options.add_option("-c,--class", request_.function, "Which job of the library")->type_name("JOB");
    auto* local = options.add_flag("--local", local_, "Run all in this process, without a cluster");
    local->excludes("-m")->excludes("--dir")->excludes("-d");
    options
        .add_flag("--shutdown-on-attached-exit", cancel_when_interrupted_,
                  "Cancel the job when this program is interrupted")
        ->excludes("-d");
    options.footer("All behind JOB belongs to the job: weir run -p 4 words.so --input=texts --output=counts");
  }

  int run(const command_context& with) override {
    if (auto compiled = compile_if_source(with, request_.library); !compiled)
      return failed(compiled.failure());
    if (!parallelism_.empty())
      request_.parallelism = static_cast<std::uint32_t>(std::stoul(parallelism_));
    auto job = build_job(with, request_);
    if (!job)
      return failed(job.failure());
    auto& random = with.environment.random();
    job->submission.id = job_id{random_id{random.next(), random.next()}};
    if (local_) {
      tell_submitted(job->submission.id);
      return run_locally(with, *job);
    }
    auto master = master_.connect(with);
    if (!master)
      return failed(master.failure());
    std::optional<interruption> from_submission_on;
    if (!detached_)
      from_submission_on.emplace();
    if (auto submitted = submit_job(*master, *job); !submitted)
      return failed(submitted.failure().wrap("the job was not submitted"));
    tell_submitted(job->submission.id);
    return detached_ ? exit_done
                     : follow_job(with, *master, to_string(job->submission.id), cancel_when_interrupted_);
  }

private:
  static void tell_submitted(const job_id& id) {
    std::printf("Job has been submitted with JobID %s\n", to_string(id).c_str());
    std::fflush(stdout);
  }

  master_option master_;
  job_request request_;
  std::string parallelism_;
  bool detached_ = false;
  bool local_ = false;
  bool cancel_when_interrupted_ = false;
};

} // namespace

void add_run_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<run_command>(
      *program.add_subcommand("run", "Submits a job and follows it to its end")));
}

} // namespace weir::tools
