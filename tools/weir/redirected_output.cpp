#include "redirected_output.hpp"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace weir::tools {

redirected_output::redirected_output() {
  std::fflush(stdout);
  kept_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

redirected_output::~redirected_output() {
  std::fflush(stdout);
  if (kept_ < 0)
    return;
  ::dup2(kept_, STDOUT_FILENO);
  ::close(kept_);
}

} // namespace weir::tools
