#include "process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::testing {

namespace {

/// The line that contains `text`, if it is complete.
std::optional<std::string> line_with(std::string_view text, const std::string& written) {
  for (std::size_t begin = 0; begin < written.size();) {
    std::size_t end = written.find('\n', begin);
    if (end == std::string::npos)
      return std::nullopt;
    std::string_view line{written.data() + begin, end - begin};
    if (line.find(text) != std::string_view::npos)
      return std::string{line};
    begin = end + 1;
  }
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words)
    line += (line.empty() ? "" : " ") + word;
  return line;
}

/// Makes `path` the file descriptor `target` of this process. Only async-signal-safe calls, as between fork
/// and exec.
bool redirect(int target, const char* path, int flags) {
  int file = ::open(path, flags, 0600);
  return file >= 0 && ::dup2(file, target) >= 0;
}

} // namespace

process::process(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment)
    : process{std::move(arguments), environment, std::make_unique<temporary_folder>()} {}

process::process(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment,
                 std::unique_ptr<temporary_folder> folder)
    : process{std::move(arguments), environment, output_files{*folder / "output", *folder / "errors"}} {
  folder_ = std::move(folder);
}

process::process(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment,
                 output_files files)
    : command_{joined(arguments)}, files_{std::move(files)} {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) {
    std::string_view name{*variable};
    if (!environment.contains(std::string{name.substr(0, name.find('='))}))
      variables.emplace_back(*variable);
  }
  for (const auto& [name, value] : environment)
    variables.push_back(name + "=" + value);

  std::vector<char*> argument_pointers, variable_pointers;
  for (std::string& argument : arguments)
    argument_pointers.push_back(argument.data());
  argument_pointers.push_back(nullptr);
  for (std::string& variable : variables)
    variable_pointers.push_back(variable.data());
  variable_pointers.push_back(nullptr);

  int failure[2]; // closed by exec; carries errno when there was none
  if (::pipe2(failure, O_CLOEXEC) != 0)
    throw std::system_error{errno, std::generic_category(), "cannot create a pipe"};
  pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    constexpr int create = O_WRONLY | O_CREAT | O_APPEND;
    if (::getppid() == parent && redirect(0, "/dev/null", O_RDONLY) &&
        redirect(1, files_.output.c_str(), create) && redirect(2, files_.errors.c_str(), create))
      ::execvpe(argument_pointers[0], argument_pointers.data(), variable_pointers.data());
    int reason = errno;
    [[maybe_unused]] auto written = ::write(failure[1], &reason, sizeof reason);
    ::_exit(127);
  }
  int fork_error = errno;
  ::close(failure[1]);
  int reason = 0;
  bool failed = id_ < 0 || ::read(failure[0], &reason, sizeof reason) == sizeof reason;
  ::close(failure[0]);
  if (failed) {
    if (id_ > 0)
      ::waitpid(id_, nullptr, 0);
    throw std::system_error{id_ < 0 ? fork_error : reason, std::generic_category(),
                            "cannot start " + command_};
  }
}

process::process(process&& other) noexcept
    : command_{std::move(other.command_)},
      folder_{std::move(other.folder_)},
      files_{std::move(other.files_)},
      id_{std::exchange(other.id_, -1)},
      ended_{other.ended_} {}

process::~process() {
  if (id_ <= 0)
    return;
  ::kill(-id_, SIGKILL);
  if (!ended_)
    ::waitpid(id_, nullptr, 0);
}

std::string process::output() const {
  return read_file(files_.output);
}

std::string process::errors() const {
  return read_file(files_.errors);
}

std::string process::wait_for_line(std::string_view text, duration limit) {
  return wait_for_line_in(files_.output, text, limit);
}

std::string process::wait_for_error_line(std::string_view text, duration limit) {
  return wait_for_line_in(files_.errors, text, limit);
}

std::string process::wait_for_line_in(const std::string& file, std::string_view text, duration limit) {
  std::optional<std::string> line;
  bool ended = false;
  comes_true(
      [&] {
        ended = !running(); // before the look, so that what it wrote last is seen
        line = line_with(text, read_file(file));
        return line || ended;
      },
      limit);
  if (!line)
    throw deadline_passed{"no line with '" + std::string{text} + "' came from " + command_ +
                          (ended ? ", which ended" : "") + "; " + all_it_wrote()};
  return *line;
}

void process::signal(int number) {
  if (running() && ::kill(id_, number) != 0)
    throw std::system_error{errno, std::generic_category(), "cannot signal " + command_};
}

exit_state process::wait(duration limit) {
  if (!comes_true([this] { return !running(); }, limit))
    throw deadline_passed{command_ + " did not end within " + std::to_string(limit.count()) + " ms; " +
                          all_it_wrote()};
  return *ended_;
}

bool process::running() {
  if (ended_)
    return false;
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) != id_)
    return true;
  ended_ = WIFSIGNALED(status) ? exit_state{0, WTERMSIG(status)} : exit_state{WEXITSTATUS(status), 0};
  return false;
}

std::string process::all_it_wrote() const {
  return "output:\n" + output() + "\nerrors:\n" + errors();
}

std::string outcome::text() const {
  std::string how = end.signal != 0 ? "killed by signal " + std::to_string(end.signal)
                                    : "exit status " + std::to_string(end.code);
  return how + "; output:\n" + output + "\nerrors:\n" + errors;
}

outcome run(std::vector<std::string> arguments, duration limit,
            const std::map<std::string, std::string>& environment) {
  process program{std::move(arguments), environment};
  exit_state end = program.wait(limit);
  return {end, program.output(), program.errors()};
}

std::uint64_t resident_memory(pid_t id) {
  std::ifstream file{"/proc/" + std::to_string(id) + "/statm"};
  std::uint64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t peak_resident_memory(pid_t id) {
  std::ifstream file{"/proc/" + std::to_string(id) + "/status"};
  for (std::string field; file >> field;)
    if (std::uint64_t kilobytes = 0; field == "VmHWM:" && file >> kilobytes)
      return kilobytes * 1024;
  return 0;
}

duration processor_time(pid_t id) {
  std::ifstream file{"/proc/" + std::to_string(id) + "/stat"};
  std::string line;
  std::getline(file, line);
  std::size_t after_name = line.rfind(')');
  if (after_name == std::string::npos)
    return duration::zero();
  unsigned long user = 0, system = 0;
  // Fields 14 and 15 of proc(5), counted from the name, which may hold anything.
  if (std::sscanf(line.c_str() + after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                  &user, &system) != 2)
    return duration::zero();
  return duration{
      static_cast<std::int64_t>((user + system) * 1000 / static_cast<unsigned long>(::sysconf(_SC_CLK_TCK)))};
}

} // namespace weir::testing
