#include "line_editor.hpp"

namespace weir::tools::shell {

std::string history_file(const char* xdg_state_home, const char* home) {
  // The XDG specification: a relative path is to be ignored.
  if (xdg_state_home && *xdg_state_home == '/')
    return std::string{xdg_state_home} + "/weir/actor-shell-history";
  if (home && *home)
    return std::string{home} + "/.local/state/weir/actor-shell-history";
  return "";
}

} // namespace weir::tools::shell
