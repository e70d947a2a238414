#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace weir::tools::shell {

/// What a wait for input ended with.
enum class input { ready, timed_out, signal };

/// Turns SIGINT, SIGTERM and the signals about the terminal into notes, until the end of the scope. They
/// arrive only within wait(), so that nothing else has to expect them. May be nested.
class noted_signals {
public:
  noted_signals();
  ~noted_signals();
  noted_signals(const noted_signals&) = delete;

  /// Waits for bytes on standard input if `with_input`, else for the time to pass only; for ever without a
  /// limit.
  input wait(bool with_input, std::optional<std::chrono::milliseconds> limit);

  /// Was there a SIGINT since the last call?
  bool take_interrupt();
  /// Has the terminal another size, or must it be drawn again, since the last call?
  bool take_redraw();
  /// Was there ever a SIGTERM?
  [[nodiscard]] bool ended() const;

private:
  sigset_t mask_before_{};
  struct sigaction before_[4]{};
};

/// Ends the process with exit code 0 at a SIGINT or SIGTERM that nobody notes.
void exit_at_signals();

} // namespace weir::tools::shell
