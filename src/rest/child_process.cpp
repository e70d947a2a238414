#include "rest/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir {
namespace {

using namespace std::chrono_literals;

/// How often it looks whether it is to stop.
constexpr std::chrono::milliseconds attention = 50ms;

class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int value) : value_{value} {}
  descriptor(descriptor&& other) noexcept : value_{std::exchange(other.value_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~descriptor() { close(); }

  void close() {
    if (value_ >= 0)
      ::close(std::exchange(value_, -1));
  }
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool is_open() const { return value_ >= 0; }

private:
  int value_ = -1;
};

struct pipe_ends {
  descriptor read;
  descriptor write;
};

error system_failure(const std::string& what, int code) {
  return error{errc::io_failed, what + ": " + std::strerror(code)};
}

result<pipe_ends> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return system_failure("cannot make a pipe", errno);
  // Only our end: a program does not expect that its standard output cannot take all at once.
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe_ends{descriptor{ends[0]}, descriptor{ends[1]}};
}

/// Starts the program as the leader of a new process group.
result<pid_t> spawn(const std::vector<std::string>& arguments, int output, int errors) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
  // Sockets and files of this process are none of its business, and it would keep their ports.
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (int number : {SIGINT, SIGTERM, SIGPIPE})
    sigaddset(&defaults, number);
  posix_spawnattr_setsigdefault(&attributes, &defaults);

  pid_t child = -1;
  int failed = posix_spawnp(&child, argv[0], &files, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0)
    return system_failure("cannot start " + arguments.front(), failed);
  return child;
}

struct stream {
  descriptor from;
  std::string* to = nullptr;
};

/// Reads what is there now. Returns false when the stream holds more than it may.
bool drain(stream& source, std::size_t most) {
  std::array<char, 64 * 1024> buffer;
  while (source.from.is_open()) {
    ssize_t count = ::read(source.from.get(), buffer.data(), buffer.size());
    if (count > 0) {
      source.to->append(buffer.data(), static_cast<std::size_t>(count));
      if (source.to->size() > most)
        return false;
    } else if (count < 0 && errno == EAGAIN) {
      return true;
    } else if (count == 0 || errno != EINTR) {
      source.from.close();
    }
  }
  return true;
}

} // namespace

result<child_outcome> run_child(const child_command& command, weir::clock& clock,
                                const std::stop_token& stop) {
  auto output = make_pipe();
  if (!output)
    return output.failure();
  auto errors = make_pipe();
  if (!errors)
    return errors.failure();
  auto child = spawn(command.arguments, output->write.get(), errors->write.get());
  if (!child)
    return child.failure();
  output->write.close();
  errors->write.close();

  child_outcome outcome;
  std::array<stream, 2> streams{stream{std::move(output->read), &outcome.output},
                                stream{std::move(errors->read), &outcome.errors}};
  time_point deadline = clock.now() + command.timeout;
  bool killed = false;
  auto end_it = [&](child_outcome::ending why) {
    outcome.how = why;
    killed = true;
  };
  int status = 0;
  bool reaped = false;
  // The program may have ended while something it started still holds the pipes: its own end counts.
  while (!killed && !reaped) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock.now());
    if (left <= 0ms) {
      end_it(child_outcome::ending::timed_out);
      break;
    }
    if (stop.stop_requested()) {
      end_it(child_outcome::ending::stopped);
      break;
    }
    std::array<pollfd, 2> waiting{};
    for (std::size_t i = 0; i < streams.size(); ++i)
      waiting[i] = {streams[i].from.get(), POLLIN, 0};
    bool ending = !streams[0].from.is_open() && !streams[1].from.is_open();
    ::poll(waiting.data(), waiting.size(),
           static_cast<int>(std::min(left, ending ? 1ms : attention).count()));
    for (stream& source : streams)
      if (!drain(source, command.output_bytes_max))
        end_it(child_outcome::ending::wrote_too_much);
    reaped = ::waitpid(*child, &status, WNOHANG) == *child;
  }
  ::kill(-*child, SIGKILL);
  if (!reaped)
    ::waitpid(*child, &status, 0);
  for (stream& source : streams)
    if (!killed && !drain(source, command.output_bytes_max))
      end_it(child_outcome::ending::wrote_too_much);
  if (!killed) {
    outcome.how = WIFSIGNALED(status) ? child_outcome::ending::signaled : child_outcome::ending::exited;
    outcome.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  }
  return outcome;
}

} // namespace weir
