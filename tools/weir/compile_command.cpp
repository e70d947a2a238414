#include "command.hpp"
#include "job_compiler.hpp"
#include "program_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace weir::tools {
namespace {

class compile_command final : public command {
public:
  explicit compile_command(CLI::App& options) : command{options} {
    options.add_option("JOB", request_.source, "Source file with one or more WEIR_JOB(name) { ... }")
        ->required();
    options
        .add_option("-o,--output", request_.output,
                    "Path of the job library (default: JOB.so beside JOB.cpp)")
        ->type_name("JOB.so");
    options.add_option("-O", level_, "Optimization, as in -O0 (default: 2)")
        ->check(CLI::IsMember({"0", "1", "2", "3", "s", "g", "fast"}))
        ->type_name("LEVEL");
    options.add_option("flags", request_.flags, "More flags for the compiler, behind --");
    options.footer("The compiler is that of the environment variable CXX, or c++:\n"
                   "  weir compile words.cpp -- -g -Wall -DLIMIT=3");
  }

  int run(const command_context& with) override {
    if (!is_source(request_.source)) {
      print_error("weir", request_.source + " is no C++ source file: its name must end in .cpp, .cc or .cxx");
      return exit_wrong_usage;
    }
    if (!level_.empty())
      request_.optimization = "-O" + level_;
    auto library = compile_job(with, request_);
    if (!library)
      return failed(library.failure());
    std::printf("Compiled %s\n", library->c_str());
    return exit_done;
  }

private:
  compile_request request_;
  std::string level_;
};

} // namespace

void add_compile_command(CLI::App& program, command_list& all) {
  all.push_back(std::make_unique<compile_command>(*program.add_subcommand("compile", "Makes a job library")));
}

} // namespace weir::tools
