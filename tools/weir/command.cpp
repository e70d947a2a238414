#include "command.hpp"

#include "program_options.hpp"

namespace weir::tools {

int failed(const error& why) {
  print_error("weir", why.message());
  return exit_failed;
}

} // namespace weir::tools
