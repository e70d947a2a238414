#include "job_compiler.hpp"

#include "interruption.hpp"

#include "rest/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <sstream>
#include <stop_token>

#include <unistd.h>

namespace weir::tools {
namespace {

using namespace std::chrono_literals;

constexpr auto compile_timeout = 10min;

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream{text};
  std::vector<std::string> words;
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

std::string program_in_path(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders{path ? path : "/usr/bin:/bin"};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (std::string file = folder + '/' + name; ::access(file.c_str(), X_OK) == 0)
      return file;
  return "";
}

/// ccache must not be asked to call itself, by its own name or by one that leads to it.
bool is_cache(const std::string& program) {
  std::error_code none;
  return std::filesystem::canonical(program_in_path(program), none).filename() == "ccache";
}

result<weir_paths> find_weir() {
  std::error_code none;
  auto programs = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
  auto top = programs.parent_path();
  auto holds = [&](const std::filesystem::path& folder, const char* file) {
    return std::filesystem::exists(folder / file, none);
  };
  if (holds(top / "src", "libweir.so") && holds(WEIR_SOURCE_INCLUDE, "weir/weir.hpp"))
    return weir_paths{WEIR_SOURCE_INCLUDE, (top / "src").string()};
  for (const char* folder : {WEIR_LIBDIR, "lib", "lib64"})
    if (holds(top / folder, "libweir.so") && holds(top / "include", "weir/weir.hpp"))
      return weir_paths{(top / "include").string(), (top / folder).string()};
  return error{errc::not_found, "weir's headers and libweir.so are not where they belong beside " +
                                    programs.string() + ": install weir again."};
}

/// The words of CXX, or c++.
result<std::vector<std::string>> find_compiler() {
  const char* named = std::getenv("CXX");
  auto compiler = words_of(named ? named : "");
  if (compiler.empty())
    compiler = {"c++"};
  if (program_in_path(compiler.front()).empty())
    return error{errc::not_found,
                 "There is no compiler " + compiler.front() + (named ? " (CXX)" : "") +
                     ": install g++, or name a C++20 compiler with the environment variable CXX."};
  return compiler;
}

result<void> check_folder_of(const std::string& output) {
  auto folder = std::filesystem::path{output}.parent_path().string();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0)
    return {};
  return error{errc::io_failed, "Cannot write " + output + ": " + std::strerror(errno) +
                                    ". Choose another place with `weir compile -o JOB.so`."};
}

/// Runs a command while signals can end it. What it wrote to either stream is one text.
result<child_outcome> run_interruptibly(const std::vector<std::string>& arguments, weir::clock& clock) {
  interruption signals;
  std::stop_source stop;
  child_command command{.arguments = arguments, .timeout = compile_timeout};
  auto running = std::async(std::launch::async, [&] { return run_child(command, clock, stop.get_token()); });
  while (running.wait_for(0ms) != std::future_status::ready)
    if (signals.wait(10ms))
      stop.request_stop();
  return running.get();
}

result<void> run_step(const std::vector<std::string>& arguments, const std::string& source,
                      weir::clock& clock) {
  auto outcome = run_interruptibly(arguments, clock);
  if (!outcome)
    return outcome.failure();
  std::string said = outcome->output + outcome->errors;
  while (said.ends_with('\n'))
    said.pop_back();
  using ending = child_outcome::ending;
  if (outcome->how == ending::exited && outcome->code == 0) {
    if (!said.empty())
      std::fprintf(stderr, "%s\n", said.c_str());
    return {};
  }
  if (outcome->how == ending::stopped)
    return error{errc::canceled, "Interrupted: " + source + " was not compiled."};
  if (outcome->how == ending::timed_out)
    return error{errc::timed_out, source + " was not compiled within 10 minutes."};
  return error{errc::failed, source + " does not compile. The compiler says:\n" + said};
}

} // namespace

std::string library_beside(const std::string& source) {
  return std::filesystem::path{source}.replace_extension(".so").string();
}

bool is_source(const std::string& path) {
  constexpr std::array endings{".cpp", ".cc", ".cxx", ".c++", ".C"};
  return std::ranges::find(endings, std::filesystem::path{path}.extension()) != endings.end();
}

compile_steps steps_of(const compile_request& request, const std::string& output, const weir_paths& paths,
                       const std::vector<std::string>& compiler, bool use_cache) {
  // Position-independent and hidden: two libraries in one process that name a type alike must not share it.
  std::vector<std::string> flags{"-std=c++20", request.optimization.empty() ? "-O2" : request.optimization,
                                 "-fPIC", "-fvisibility=hidden", "-I" + paths.include};
  bool is_clang = compiler.back().find("clang") != std::string::npos;
  if (!is_clang)
    flags.emplace_back("-fno-gnu-unique");
  flags.insert(flags.end(), request.flags.begin(), request.flags.end());
  std::vector<std::string> libraries{"-L" + paths.library, "-Wl,-rpath," + paths.library, "-lweir"};

  auto command = [&](std::vector<std::string> words, std::vector<std::string> behind) {
    words.insert(words.end(), compiler.begin(), compiler.end());
    words.insert(words.end(), flags.begin(), flags.end());
    words.insert(words.end(), behind.begin(), behind.end());
    return words;
  };
  // Another file among the flags cannot be compiled apart.
  bool apart =
      use_cache && std::ranges::all_of(request.flags, [](auto& flag) { return flag.starts_with('-'); });
  compile_steps steps;
  std::vector<std::string> link{"-shared", request.source, "-o", output};
  if (apart) {
    steps.object = output + ".o";
    steps.commands.push_back(command({"ccache"}, {"-c", request.source, "-o", steps.object}));
    link[1] = steps.object;
  }
  link.insert(link.end(), libraries.begin(), libraries.end());
  steps.commands.push_back(command({}, std::move(link)));
  return steps;
}

result<std::string> compile_job(const command_context& with, const compile_request& request) {
  auto& files = with.environment.files();
  if (auto source = files.info(request.source); !source)
    return source.failure();
  auto paths = find_weir();
  if (!paths)
    return paths.failure();
  auto compiler = find_compiler();
  if (!compiler)
    return compiler.failure();
  bool use_cache = !program_in_path("ccache").empty() && !is_cache(compiler->front());

  compile_request with_color = request;
  if (::isatty(STDERR_FILENO) == 1)
    with_color.flags.insert(with_color.flags.begin(), "-fdiagnostics-color=always");
  std::string output = request.output.empty() ? library_beside(request.source) : request.output;
  if (auto writable = check_folder_of(output); !writable)
    return writable.failure();
  // Under another name first: a process that has loaded the old library must keep it as it is.
  std::string unfinished = output + ".tmp-" + std::to_string(::getpid());
  compile_steps steps = steps_of(with_color, unfinished, *paths, *compiler, use_cache);
  result<void> done;
  for (const auto& command : steps.commands)
    if (done)
      done = run_step(command, request.source, with.environment.clock());
  if (done)
    done = files.rename(unfinished, output);
  else if (auto removed = files.remove(unfinished); !removed)
    std::fprintf(stderr, "warning: %s\n", removed.failure().message().c_str());
  if (!steps.object.empty())
    if (auto removed = files.remove(steps.object); !removed)
      std::fprintf(stderr, "warning: %s\n", removed.failure().message().c_str());
  if (!done)
    return done.failure();
  return output;
}

result<void> compile_if_source(const command_context& with, std::string& path) {
  if (!is_source(path))
    return {};
  auto library = compile_job(with, {.source = path});
  if (!library)
    return library.failure();
  std::fprintf(stderr, "Compiled %s\n", library->c_str());
  path = *std::move(library);
  return {};
}

} // namespace weir::tools
