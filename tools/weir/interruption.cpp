#include "interruption.hpp"

#include <ctime>

namespace weir::tools {

interruption::interruption() {
  sigemptyset(&signals_);
  for (int number : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&signals_, number);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

interruption::~interruption() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> interruption::wait(std::chrono::milliseconds limit) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
  timespec time{.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds{limit - seconds}.count()};
  int number = ::sigtimedwait(&signals_, nullptr, &time);
  return number > 0 ? std::optional{number} : std::nullopt;
}

} // namespace weir::tools
