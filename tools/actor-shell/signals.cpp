#include "signals.hpp"

#include <array>
#include <cstddef>

#include <poll.h>
#include <unistd.h>

namespace weir::tools::shell {
namespace {

constexpr std::array noted{SIGINT, SIGTERM, SIGWINCH, SIGCONT};

// A signal handler can reach nothing else.
volatile std::sig_atomic_t interrupt_asked = 0;
volatile std::sig_atomic_t end_asked = 0;
volatile std::sig_atomic_t redraw_asked = 0;

void note(int signal) {
  if (signal == SIGINT)
    interrupt_asked = 1;
  else if (signal == SIGTERM)
    end_asked = 1;
  else
    redraw_asked = 1;
}

bool take(volatile std::sig_atomic_t& flag) {
  bool was = flag != 0;
  flag = 0;
  return was;
}

} // namespace

noted_signals::noted_signals() {
  sigset_t blocked;
  sigemptyset(&blocked);
  for (int signal : noted)
    sigaddset(&blocked, signal);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_before_);
  struct sigaction how {};
  how.sa_handler = note;
  sigemptyset(&how.sa_mask);
  for (std::size_t i = 0; i < noted.size(); ++i)
    ::sigaction(noted[i], &how, &before_[i]);
}

noted_signals::~noted_signals() {
  for (std::size_t i = 0; i < noted.size(); ++i)
    ::sigaction(noted[i], &before_[i], nullptr);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

input noted_signals::wait(bool with_input, std::optional<std::chrono::milliseconds> limit) {
  sigset_t open;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &open);
  for (int signal : noted)
    sigdelset(&open, signal);
  pollfd keys{STDIN_FILENO, POLLIN, 0};
  timespec time{};
  if (limit) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(*limit);
    time.tv_sec = seconds.count();
    time.tv_nsec = std::chrono::nanoseconds{*limit - seconds}.count();
  }
  int count = ::ppoll(&keys, with_input ? 1 : 0, limit ? &time : nullptr, &open);
  if (count < 0)
    return input::signal;
  return count == 0 ? input::timed_out : input::ready;
}

bool noted_signals::take_interrupt() {
  wait(false, std::chrono::milliseconds{0}); // lets in those that came since the last wait
  return take(interrupt_asked);
}

bool noted_signals::take_redraw() {
  return take(redraw_asked);
}

bool noted_signals::ended() const {
  return end_asked != 0;
}

void exit_at_signals() {
  struct sigaction how {};
  how.sa_handler = [](int) { ::_exit(0); };
  sigemptyset(&how.sa_mask);
  ::sigaction(SIGINT, &how, nullptr);
  ::sigaction(SIGTERM, &how, nullptr);
}

} // namespace weir::tools::shell
