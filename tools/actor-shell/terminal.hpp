#pragma once

#include "session.hpp"
#include "signals.hpp"

#include <memory>
#include <optional>
#include <string>

namespace weir::tools::shell {

/// Can standard output show colours, and does the user want them? (NO_COLOR, TERM=dumb)
bool shows_colour();

/// Are both standard input and output a terminal?
bool is_interactive();

/// A watch on standard output. A terminal shows each look in the place of the one before, cut to its size,
/// and ends the watch at any key; anything else gets one look after the other.
class watch_screen : public screen {
public:
  explicit watch_screen(bool json);
  ~watch_screen() override;

  void begin() override;
  void end() override;
  void show(const std::string& title, const std::string& text) override;
  wake wait(std::chrono::milliseconds time) override;
  bool take_interrupt() override;

private:
  class keys_unread;

  bool json_;
  bool first_ = true;
  std::string title_;
  std::string text_;
  std::unique_ptr<noted_signals> signals_; ///< of a watch
  std::unique_ptr<keys_unread> keys_;
};

} // namespace weir::tools::shell
