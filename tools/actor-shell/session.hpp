#pragma once

#include "command_list.hpp"

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>

namespace weir::tools::shell {

/// Where a watch shows what it sees, and how it learns that it should end.
class screen {
public:
  enum class wake { time_passed, key, interrupted };

  virtual ~screen() = default;
  /// Called before the first look of a watch and after the last one.
  virtual void begin() = 0;
  virtual void end() = 0;
  /// Shows one look in the place of the one before.
  virtual void show(const std::string& title, const std::string& text) = 0;
  /// Waits between two looks.
  virtual wake wait(std::chrono::milliseconds time) = 0;
  /// Was an interrupt asked for (Ctrl-C, a signal) since the last call?
  virtual bool take_interrupt() = 0;
};

struct session_settings {
  bool json = false;
  page_style style;
};

/// Runs lines of commands and writes what they found.
class session {
public:
  /// All of them must outlive the session.
  session(cluster& of, screen& watched, std::ostream& output, std::ostream& errors,
          session_settings settings);

  /// Runs the commands of a line one after the other, those after one that failed too. Nothing is run when
  /// one of them is used wrongly. Returns an exit code: the worst of its commands.
  int run(std::string_view line);

  /// Was it asked to end by `exit` or `quit`?
  [[nodiscard]] bool ended() const { return ended_; }
  /// Was the last line interrupted?
  [[nodiscard]] bool interrupted() const { return interrupted_; }

private:
  int run(const parsed_command& wanted);
  /// Goes on from a first look.
  int watch(const parsed_command& wanted, result<answer> found);
  int failed(const error& failure);
  result<answer> ask(const parsed_command& wanted);
  void write_error(const std::string& sentence);
  [[nodiscard]] std::string text_of(const answer& found) const;

  cluster& cluster_;
  screen& screen_;
  std::ostream& output_;
  std::ostream& errors_;
  session_settings settings_;
  bool ended_ = false;
  bool interrupted_ = false;
};

} // namespace weir::tools::shell
