#include "run_display.hpp"

#include "program_options.hpp"

#include <cstdio>

#include <unistd.h>

namespace weir::tools {
namespace {

/// A job that has just been handed in waits for nothing that is worth telling.
constexpr std::int64_t patience_ms = 1'000;
constexpr std::int64_t redraw_ms = 100;

void write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

} // namespace

run_display::run_display() : on_terminal_{::isatty(STDERR_FILENO) == 1} {}

run_display::~run_display() {
  clear();
}

void run_display::show(const job_progress& now) {
  tell_restart(now);
  tell_waiting(now);
  std::uint64_t rate = rate_.per_second(now);
  bool is_due = shown_at_ms_ < 0 || now.elapsed_ms - shown_at_ms_ >= redraw_ms;
  if (on_terminal_ && is_due) {
    std::fprintf(stderr, "\r\x1b[K%s", progress_text(now, rate).c_str());
    std::fflush(stderr);
    line_is_shown_ = true;
    shown_at_ms_ = now.elapsed_ms;
  }
}

/// A restart may be over before the next look, so it is the failure that tells of it, and not the state.
void run_display::tell_restart(const job_progress& now) {
  bool goes_on = now.state == "RESTARTING" || now.state == "RUNNING";
  std::pair failure{now.failure_wall_ms, now.failure};
  if (!goes_on || now.failure.empty() || failure == told_failure_)
    return;
  clear();
  std::fprintf(stderr, "The job is restarted after a failure: %s\n", now.failure.c_str());
  told_failure_ = std::move(failure);
}

void run_display::tell_waiting(const job_progress& now) {
  if (now.elapsed_ms < patience_ms || now.waiting_for.empty() || now.waiting_for == told_)
    return;
  clear();
  told_ = now.waiting_for;
  std::fprintf(stderr, "The job waits: %s.\n", told_.c_str());
}

void run_display::clear() {
  if (line_is_shown_)
    std::fputs("\r\x1b[K", stderr);
  line_is_shown_ = false;
}

int tell_end(const job_end& end, bool asked_to_cancel) {
  if (end.state == "FINISHED") {
    write("Job with JobID " + end.id + " has finished.\n");
    write("Job Runtime: " + std::to_string(end.runtime_ms) + " ms\n");
    if (!end.results.empty() || !end.accumulators.empty())
      write("Accumulator Results:\n");
    for (const accumulator_line& each : end.accumulators)
      write("- " + each.name + " (" + each.type + "): " + each.value + "\n");
    for (const auto& [name, lines] : end.results)
      write("- " + name + ":\n" + lines + (lines.empty() || lines.ends_with('\n') ? "" : "\n"));
    std::fflush(stdout);
    return exit_done;
  }
  if (end.state == "CANCELED" && asked_to_cancel) {
    write("Job with JobID " + end.id + " was canceled.\n");
    return exit_done;
  }
  if (end.state == "CANCELED") {
    print_error("weir", "the job was canceled by somebody else (JobID " + end.id + ")");
    return exit_failed;
  }
  print_error("weir", "the job failed: " + (end.cause.empty() ? "its cause is not known" : end.cause));
  if (!end.task.empty())
    std::fprintf(stderr, "It failed in %s%s.\n", end.task.c_str(),
                 end.worker.empty() ? "" : (" on worker " + end.worker).c_str());
  return exit_failed;
}

} // namespace weir::tools
