#include "built_job.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "program_options.hpp"
#include "redirected_output.hpp"

#include "rest/submission_json.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>

namespace weir::tools {
namespace {

/// What the master runs for a library that came by REST, so that user code stays out of the master: prints
/// the submission as JSON, or the error on standard error, for the master to pass on.
class build_graph_command final : public command {
public:
  explicit build_graph_command(CLI::App& options) : command{options} {
    options.add_option("LIBRARY", request_.library)->required();
    options.add_option("--library-name", request_.library_name);
    options.add_option("--class", request_.function);
    options.add_option("--parallelism", parallelism_)->check(&parallelism_problem);
    options.group("");
  }

  int run(const command_context& with) override {
    if (!parallelism_.empty())
      request_.parallelism = static_cast<std::uint32_t>(std::stoul(parallelism_));
    auto job = [&] {
      redirected_output for_user_code;
      return build_job(with, request_);
    }();
    if (!job) {
      std::fprintf(stderr, "%s\n", job.failure().message().c_str());
      return exit_failed;
    }
    std::string text = submission_json(job->submission).dump();
    bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    return written ? exit_done : exit_failed;
  }

private:
  job_request request_;
  std::string parallelism_;
};

} // namespace

void add_build_graph_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<build_graph_command>(*program.add_subcommand("build-graph")));
}

} // namespace weir::tools
