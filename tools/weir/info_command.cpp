#include "built_job.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "job_compiler.hpp"
#include "program_options.hpp"
#include "redirected_output.hpp"

#include "rest/plan_json.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>

namespace weir::tools {
namespace {

class info_command final : public command {
public:
  explicit info_command(CLI::App& options) : command{options} {
    options.add_option("JOB", request_.library, "Job library (.so), or source file that is compiled first")
        ->required();
    options.add_option("-p,--parallelism", parallelism_, "Subtasks of each operator that does not say it")
        ->check(&parallelism_problem);
    options.add_option("-c,--class", request_.function, "Which job of the library")->type_name("JOB");
    options.footer("All behind JOB belongs to the job: weir info words.so --input=texts --output=counts");
  }

  int run(const command_context& with) override {
    if (auto compiled = compile_if_source(with, request_.library); !compiled)
      return failed(compiled.failure());
    if (!parallelism_.empty())
      request_.parallelism = static_cast<std::uint32_t>(std::stoul(parallelism_));
    auto job = [&] {
      redirected_output for_user_code;
      return build_job(with, request_);
    }();
    if (!job)
      return failed(job.failure());
    auto plan = plan_json(*job->submission.graph, {});
    std::puts(plan.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return exit_done;
  }

private:
  job_request request_;
  std::string parallelism_;
};

} // namespace

void add_info_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<info_command>(
      *program.add_subcommand("info", "Prints a job's plan as JSON; runs nothing")));
}

} // namespace weir::tools
