#include "termination.hpp"

#include <csignal>

#include <pthread.h>
#include <unistd.h>

namespace weir::tools {

namespace {

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

} // namespace

termination::termination() {
  sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A peer that is gone is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

void termination::wait() const {
  sigset_t signals = ending_signals();
  int signal = 0;
  while (::sigwait(&signals, &signal) != 0)
    continue;
}

void termination::request() {
  ::kill(::getpid(), SIGTERM);
}

} // namespace weir::tools
