#pragma once

#include "completion.hpp"
#include "signals.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace weir::tools::shell {

/// Reads lines from a terminal, with libedit: editing keys, history, completion with Tab. Set the locale
/// first.
class line_editor {
public:
  enum class outcome {
    line,     ///< a line, without its end
    canceled, ///< Ctrl-C
    end,      ///< Ctrl-D on an empty line, a closed terminal, or SIGTERM
  };

  /// The history is read from `history_file`, if there is one, and kept there.
  line_editor(std::string prompt, std::string history_file, noted_signals& signals,
              std::function<completion(std::string_view before_cursor)> complete);
  ~line_editor();
  line_editor(const line_editor&) = delete;

  outcome read(std::string& line);

private:
  class editor;
  std::unique_ptr<editor> editor_;
};

/// $XDG_STATE_HOME/weir/actor-shell-history, or the same in ~/.local/state; empty when neither folder is
/// known. Arguments are the values of the environment, nullptr for those that are not set.
std::string history_file(const char* xdg_state_home, const char* home);

} // namespace weir::tools::shell
