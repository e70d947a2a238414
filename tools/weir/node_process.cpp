#include "node_process.hpp"

#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace weir::tools {
namespace {

std::optional<process_stat> stat_of(pid_t id) {
  std::ifstream file{"/proc/" + std::to_string(id) + "/stat"};
  return parse_process_stat({std::istreambuf_iterator<char>{file}, {}});
}

} // namespace

std::optional<process_stat> parse_process_stat(const std::string& text) {
  // The program's name, in parentheses, may hold anything; the rest is words. See proc(5).
  std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos)
    return std::nullopt;
  std::istringstream words{text.substr(name_end + 1)};
  process_stat read;
  words >> read.state;
  constexpr int between = 18; // from the parent's id to the start time, which is word 22
  std::string skipped;
  for (int i = 0; i < between; ++i)
    words >> skipped;
  words >> read.started;
  return words ? std::optional{read} : std::nullopt;
}

bool is_alive(const node_process& process) {
  auto now = stat_of(process.id);
  return now && now->started == process.started && now->state != 'Z' && now->state != 'X';
}

result<node_process> start_process(const std::vector<std::string>& arguments, const std::string& output,
                                   const std::string& errors) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  constexpr int anew = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), anew, 0644);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors.c_str(), anew, 0644);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t none, ours;
  sigemptyset(&none);
  sigemptyset(&ours);
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
    sigaddset(&ours, number);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &ours);

  pid_t id = -1;
  int failed = posix_spawn(&id, argv[0], &files, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0)
    return error{errc::io_failed, "cannot start " + arguments.front() + ": " + std::strerror(failed)};
  auto stat = stat_of(id);
  return node_process{id, stat ? stat->started : 0};
}

} // namespace weir::tools
