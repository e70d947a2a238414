#include "session.hpp"

#include "program_options.hpp"
#include "units.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

namespace weir::tools::shell {
namespace {

using nlohmann::json;

/// "tasks word_count", as it would be typed.
std::string typed(const parsed_command& command) {
  std::string text = command.what->name;
  for (const std::string& argument : command.given)
    text += ' ' + as_word(argument);
  return text;
}

} // namespace

session::session(cluster& of, screen& watched, std::ostream& output, std::ostream& errors,
                 session_settings settings)
    : cluster_{of}, screen_{watched}, output_{output}, errors_{errors}, settings_{settings} {}

int session::run(std::string_view line) {
  interrupted_ = false;
  auto commands = split_commands(line);
  if (!commands) {
    write_error(commands.failure().message());
    return exit_wrong_usage;
  }
  std::vector<parsed_command> parsed;
  for (const words& one : *commands) {
    auto wanted = parse_command(one);
    if (!wanted) {
      write_error(wanted.failure().message());
      return exit_wrong_usage;
    }
    parsed.push_back(*std::move(wanted));
  }

  int worst = exit_done;
  for (const parsed_command& wanted : parsed) {
    if (ended_ || interrupted_)
      break;
    worst = std::max(worst, run(wanted));
    interrupted_ = screen_.take_interrupt() || interrupted_;
  }
  return worst;
}

int session::run(const parsed_command& wanted) {
  if (wanted.what->role == command_role::end) {
    ended_ = true;
    return exit_done;
  }
  auto found = ask(wanted);
  if (!found)
    return failed(found.failure());
  if (wanted.every)
    return watch(wanted, std::move(found));
  output_ << text_of(*found) << std::flush;
  return exit_done;
}

int session::watch(const parsed_command& wanted, result<answer> found) {
  std::string title = typed(wanted) + ", every " + duration_text(wanted.every->count());
  auto next = screen::wake::time_passed;
  screen_.begin();
  while (next == screen::wake::time_passed) {
    if (found)
      screen_.show(title, text_of(*found));
    else if (settings_.json)
      write_error(found.failure().message());
    else
      // The master may come back, and what it was like before may be just what the user waits for.
      screen_.show(title, found.failure().message() + '\n');
    next = screen_.wait(*wanted.every);
    if (next == screen::wake::time_passed)
      found = ask(wanted);
    if (!found && found.failure().code() == errc::canceled)
      next = screen::wake::interrupted;
  }
  screen_.end();
  interrupted_ = next == screen::wake::interrupted;
  return exit_done;
}

int session::failed(const error& failure) {
  if (failure.code() == errc::canceled) {
    interrupted_ = true;
    return exit_done;
  }
  write_error(failure.message());
  return exit_failed;
}

result<answer> session::ask(const parsed_command& wanted) {
  return wanted.what->role == command_role::help ? help(wanted.given)
                                                 : wanted.what->run(cluster_, wanted.given);
}

void session::write_error(const std::string& sentence) {
  output_ << std::flush; // so that both streams stay in order on a terminal
  errors_ << "actor-shell: " << sentence << std::endl;
}

std::string session::text_of(const answer& found) const {
  if (settings_.json)
    return found.data.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
  return render(found.shown, settings_.style);
}

} // namespace weir::tools::shell
