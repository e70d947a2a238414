#pragma once

namespace weir::tools {

/// Sends to standard error, until the end of the scope, what is written to standard output: for commands
/// whose output another program reads, while user code runs that may print.
class redirected_output {
public:
  redirected_output();
  ~redirected_output();
  redirected_output(const redirected_output&) = delete;

private:
  int kept_ = -1;
};

} // namespace weir::tools
