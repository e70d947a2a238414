#include "line_editor.hpp"

#include "table.hpp"

#include <histedit.h>

#include <cerrno>
#include <cstdio>
#include <cwchar>
#include <utility>

#include <unistd.h>

namespace weir::tools::shell {
namespace {

constexpr int history_lines_max = 1000;

/// More than fit on a few screens help nobody.
constexpr std::size_t candidates_shown_max = 100;

} // namespace

class line_editor::editor {
public:
  editor(std::string prompt, std::string file, noted_signals& signals,
         std::function<completion(std::string_view)> complete)
      : prompt_{std::move(prompt)},
        file_{std::move(file)},
        signals_{signals},
        complete_{std::move(complete)} {
    HistEvent event;
    history(history_, &event, H_SETSIZE, history_lines_max);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!file_.empty())
      history(history_, &event, H_LOAD, file_.c_str());
    el_set(edit_, EL_CLIENTDATA, this);
    el_set(edit_, EL_PROMPT, &editor::prompt);
    el_set(edit_, EL_EDITOR, "emacs");
    // libedit would pass signals on to the whole process group.
    el_set(edit_, EL_SIGNAL, 0);
    el_set(edit_, EL_GETCFN, &editor::next_character);
    el_set(edit_, EL_HIST, history, history_);
    el_set(edit_, EL_ADDFN, "weir-complete", "Completes commands and names", &editor::complete_key);
    el_set(edit_, EL_BIND, "\t", "weir-complete", nullptr);
    el_source(edit_, nullptr);
  }

  ~editor() {
    el_end(edit_);
    history_end(history_);
  }

  editor(const editor&) = delete;

  outcome read(std::string& line) {
    canceled_ = false;
    int length = 0;
    const char* typed = el_gets(edit_, &length);
    if (canceled_) {
      std::fputs("^C\n", stdout);
      el_reset(edit_);
      return outcome::canceled;
    }
    if (!typed || length <= 0) {
      std::fputs("\n", stdout);
      return outcome::end;
    }
    line.assign(typed, static_cast<std::size_t>(length));
    if (line.ends_with('\n'))
      line.pop_back();
    remember(line);
    return outcome::line;
  }

private:
  static editor& self(EditLine* edit) {
    void* found = nullptr;
    el_get(edit, EL_CLIENTDATA, &found);
    return *static_cast<editor*>(found);
  }

  static char* prompt(EditLine* edit) { return self(edit).prompt_.data(); }

  /// The function that gets the next character for libedit: 1 for one, 0 at the end, -1 for an error.
  static int next_character(EditLine* edit, wchar_t* character) {
    editor& of = self(edit);
    std::mbstate_t state{};
    while (true) {
      if (of.signals_.wait(true, std::nullopt) == input::signal) {
        if (of.signals_.ended())
          return 0;
        if (of.signals_.take_interrupt()) {
          of.canceled_ = true;
          errno = EINTR;
          return -1;
        }
        if (of.signals_.take_redraw()) {
          el_resize(edit);
          el_set(edit, EL_REFRESH);
        }
        continue;
      }
      char byte = 0;
      ssize_t count = ::read(STDIN_FILENO, &byte, 1);
      if (count < 0 && errno == EINTR)
        continue;
      if (count <= 0)
        return static_cast<int>(count);
      std::size_t decoded = std::mbrtowc(character, &byte, 1, &state);
      if (decoded == static_cast<std::size_t>(-1)) {
        state = {}; // no character of this locale: leave it out
        continue;
      }
      if (decoded != static_cast<std::size_t>(-2))
        return 1;
    }
  }

  static unsigned char complete_key(EditLine* edit, int) {
    const LineInfo* typed = el_line(edit);
    completion made = self(edit).complete_({typed->buffer, typed->cursor});
    if (!made.inserted.empty()) {
      el_deletestr(edit, characters({typed->cursor - made.replaced, typed->cursor}));
      return el_insertstr(edit, made.inserted.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    }
    if (made.candidates.empty())
      return CC_ERROR;
    show(made.candidates);
    return CC_REDISPLAY;
  }

  /// libedit counts in characters, the line is in bytes.
  static int characters(std::string_view text) {
    int count = 0;
    for (char c : text)
      count += (c & 0xc0) != 0x80 ? 1 : 0;
    return count;
  }

  static void show(const std::vector<std::string>& candidates) {
    page shown{""};
    std::size_t count = std::min(candidates.size(), candidates_shown_max);
    for (std::size_t i = 0; i < count; ++i)
      shown.emplace_back("  " + candidates[i]);
    if (count < candidates.size())
      shown.emplace_back("  (" + std::to_string(candidates.size() - count) + " more)");
    std::fputs(render(shown, {}).c_str(), stdout);
    std::fflush(stdout);
  }

  void remember(std::string line) {
    line.erase(line.find_last_not_of(" \t") + 1); // a completion ends with a blank
    if (line.empty())
      return;
    HistEvent event;
    history(history_, &event, H_ENTER, line.c_str());
    // At once: a shell often ends with its terminal.
    if (!file_.empty())
      history(history_, &event, H_SAVE, file_.c_str());
  }

  std::string prompt_;
  std::string file_;
  noted_signals& signals_;
  std::function<completion(std::string_view)> complete_;
  EditLine* edit_ = el_init("actor-shell", stdin, stdout, stderr);
  History* history_ = history_init();
  bool canceled_ = false;
};

line_editor::line_editor(std::string prompt, std::string history_file, noted_signals& signals,
                         std::function<completion(std::string_view)> complete)
    : editor_{std::make_unique<editor>(std::move(prompt), std::move(history_file), signals,
                                       std::move(complete))} {}

line_editor::~line_editor() = default;

line_editor::outcome line_editor::read(std::string& line) {
  return editor_->read(line);
}

} // namespace weir::tools::shell
