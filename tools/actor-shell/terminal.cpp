#include "terminal.hpp"

#include "units.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace weir::tools::shell {
namespace {

constexpr std::string_view clear_screen = "\033[H\033[2J";
constexpr std::string_view go_home = "\033[H";
constexpr std::string_view clear_line_end = "\033[K";
constexpr std::string_view clear_below = "\033[J";

struct terminal_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

terminal_size size_of_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
    return {};
  return {size.ws_col, size.ws_row};
}

bool is_terminal(int file) {
  return ::isatty(file) == 1;
}

/// Each line clears what an earlier look left behind it: this flickers less than an empty screen in between.
std::string over_the_last(std::string_view text) {
  std::string made{go_home};
  for (char c : text) {
    if (c == '\n')
      made += clear_line_end;
    made += c;
  }
  return made.append(clear_below);
}

} // namespace

/// Lets keys come in one by one and unseen, until the end of the scope.
class watch_screen::keys_unread {
public:
  keys_unread() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0)
      return;
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    changed_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &now) == 0;
  }

  ~keys_unread() {
    if (changed_)
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); // the key that ended the watch means nothing else
  }

  keys_unread(const keys_unread&) = delete;

private:
  termios before_{};
  bool changed_ = false;
};

watch_screen::watch_screen(bool json) : json_{json} {}

watch_screen::~watch_screen() = default;

bool shows_colour() {
  const char* refused = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  return is_terminal(STDOUT_FILENO) && !(refused && *refused) && kind && std::string_view{kind} != "dumb";
}

bool is_interactive() {
  return is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO);
}

void watch_screen::begin() {
  signals_ = std::make_unique<noted_signals>();
  if (is_interactive())
    keys_ = std::make_unique<keys_unread>();
  first_ = true;
  if (is_terminal(STDOUT_FILENO) && !json_)
    std::cout << clear_screen;
}

void watch_screen::end() {
  keys_.reset();
  signals_.reset();
}

void watch_screen::show(const std::string& title, const std::string& text) {
  title_ = title;
  text_ = text;
  if (json_) {
    std::cout << text << std::flush;
  } else if (is_terminal(STDOUT_FILENO)) {
    auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    std::string all = time_text(now.count()) + "  " + title + (keys_ ? "; any key ends" : "") + "\n\n" + text;
    terminal_size size = size_of_terminal();
    std::cout << over_the_last(clipped(all, size.columns, size.rows - 1)) << std::flush;
  } else {
    std::cout << (first_ ? "" : "\n") << text << std::flush;
  }
  first_ = false;
}

screen::wake watch_screen::wait(std::chrono::milliseconds time) {
  using clock = std::chrono::steady_clock;
  auto until = clock::now() + time;
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    input came = signals_->wait(keys_ != nullptr, std::max(left, std::chrono::milliseconds{0}));
    if (signals_->take_interrupt() || signals_->ended())
      return wake::interrupted;
    if (!std::cout)
      return wake::interrupted; // nobody reads it any more
    if (came == input::ready)
      return wake::key;
    if (came == input::timed_out)
      return wake::time_passed;
    if (signals_->take_redraw() && !json_ && is_terminal(STDOUT_FILENO))
      show(title_, text_);
  }
}

bool watch_screen::take_interrupt() {
  noted_signals now;
  return now.take_interrupt();
}

} // namespace weir::tools::shell
