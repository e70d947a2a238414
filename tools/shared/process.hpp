#pragma once

#include "deadline.hpp"
#include "temporary_folder.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace weir::testing {

/// How a process ended.
struct exit_state {
  int code = 0;   ///< meaningful when `signal` is 0
  int signal = 0; ///< what killed it
  bool operator==(const exit_state&) const = default;
};

/// Files that a process appends its output to.
struct output_files {
  std::string output;
  std::string errors;
};

/// A program with its output captured. It leads a process group of its own, and the whole group is killed at
/// the end of the scope, also when the test fails; should the test program itself die, the kernel kills the
/// child.
class process {
public:
  /// Starts `arguments[0]`, looked up in PATH, with `environment` added to this process's own. Standard input
  /// is empty. Throws std::system_error when there is no such program.
  explicit process(std::vector<std::string> arguments,
                   const std::map<std::string, std::string>& environment = {});
  /// The same with its output in files that stay; output() and the waiting see all that is in them.
  process(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment,
          output_files files);
  ~process();
  process(process&& other) noexcept;
  process& operator=(process&&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }

  /// What it has written up to now.
  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string errors() const;

  /// Returns the first complete line of standard output that contains `text`, waiting for it. Throws
  /// deadline_passed, with all the process has written, when it ends or the limit passes before.
  std::string wait_for_line(std::string_view text, duration limit = patience);

  /// The same for standard error.
  std::string wait_for_error_line(std::string_view text, duration limit = patience);

  /// Sends a signal to the process alone.
  void signal(int number);

  /// Waits for its end. Throws deadline_passed, with all it has written, when the limit passes before.
  exit_state wait(duration limit = patience);

  [[nodiscard]] bool running();

private:
  process(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment,
          std::unique_ptr<temporary_folder> folder);
  std::string wait_for_line_in(const std::string& file, std::string_view text, duration limit);
  [[nodiscard]] std::string all_it_wrote() const;

  std::string command_;
  std::unique_ptr<temporary_folder> folder_; // nullptr: the files are somebody else's
  output_files files_;
  pid_t id_ = -1;
  std::optional<exit_state> ended_;
};

/// What a program that ran to its end left behind.
struct outcome {
  exit_state end;
  std::string output;
  std::string errors;

  [[nodiscard]] bool succeeded() const { return end == exit_state{}; }
  /// Everything, for a failing test's message.
  [[nodiscard]] std::string text() const;
};

/// Runs a program to its end.
outcome run(std::vector<std::string> arguments, duration limit = patience,
            const std::map<std::string, std::string>& environment = {});

/// Physical memory of a process in bytes; 0 when there is no such process.
std::uint64_t resident_memory(pid_t id);
/// The most it ever was.
std::uint64_t peak_resident_memory(pid_t id);

/// Processor time a process has used, of all its threads; zero when there is no such process.
duration processor_time(pid_t id);

} // namespace weir::testing
