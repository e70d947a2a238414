#include "attached_run.hpp"

#include "interruption.hpp"
#include "program_options.hpp"
#include "run_display.hpp"

#include "base/options.hpp"
#include "rest/answers.hpp"

#include <algorithm>
#include <cstdio>

#include <poll.h>
#include <unistd.h>

namespace weir::tools {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// Looks at a job come after a tenth of the time it has run: its end is noticed soon in proportion, and a
/// long job costs the master little.
constexpr std::chrono::milliseconds look_again_min = 20ms;
constexpr std::chrono::milliseconds look_again_max = 500ms;

enum class wish { detach, cancel };

std::string text_in(const json& object, const char* name) {
  auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

class attached_run {
public:
  attached_run(const command_context& with, rest_client& master, std::string id, bool cancel_when_interrupted)
      : with_{with},
        master_{master},
        path_{"/jobs/" + id},
        id_{std::move(id)},
        cancel_when_interrupted_{cancel_when_interrupted} {}

  int follow() {
    time_point start = now(), last_answer = start;
    while (true) {
      auto job = master_.get(path_);
      if (job) {
        last_answer = now();
        job_progress progress = progress_of(job->parsed);
        if (has_ended(progress.state))
          return finish(progress.state);
        display_.show(progress);
      } else if (!worth_another(job.failure(), last_answer)) {
        display_.clear();
        return failed(job.failure().wrap("lost sight of job " + id_));
      }
      auto run_for = std::chrono::duration_cast<std::chrono::milliseconds>(now() - start);
      auto signal = interruption_.wait(std::clamp(run_for / 10, look_again_min, look_again_max));
      if (signal && on_signal(*signal) == wish::detach)
        return exit_done;
    }
  }

private:
  [[nodiscard]] time_point now() const { return with_.environment.clock().now(); }

  [[nodiscard]] bool worth_another(const error& why, time_point last_answer) const {
    bool may_come_back = why.code() == errc::unavailable || why.code() == errc::timed_out;
    return may_come_back && now() - last_answer < with_.settings.get(options::client_timeout);
  }

  /// Detaching is said here already.
  wish on_signal(int number) {
    display_.clear();
    bool ask = number == SIGINT && !cancel_when_interrupted_ && !canceling_ && ::isatty(STDIN_FILENO) == 1 &&
               ::isatty(STDERR_FILENO) == 1;
    wish wanted = ask ? answer() : cancel_when_interrupted_ && !canceling_ ? wish::cancel : wish::detach;
    if (wanted == wish::cancel) {
      auto told = master_.patch(path_ + "?mode=cancel");
      if (told || told.failure().code() == errc::already_exists) { // it may have ended by itself
        canceling_ = true;
        return wish::cancel;
      }
      print_error("weir", told.failure().wrap("cannot cancel the job").message());
    }
    std::string address = to_string(master_.master());
    std::string which = (address == default_master ? "" : "-m " + address + ' ') + id_;
    std::printf("Detached from job %s: it goes on. `weir status %s` shows it, `weir cancel %s` ends it.\n",
                id_.c_str(), which.c_str(), which.c_str());
    return wish::detach;
  }

  wish answer() {
    std::fputs("\nDetach from the job, or cancel it? [D/c] ", stderr);
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (::poll(&input, 1, 50) == 0)
      if (interruption_.wait(0ms)) {
        std::fputc('\n', stderr);
        return wish::detach;
      }
    char line[100];
    ssize_t size = ::read(STDIN_FILENO, line, sizeof line);
    return size > 0 && (line[0] == 'c' || line[0] == 'C') ? wish::cancel : wish::detach;
  }

  int finish(const std::string& state) {
    display_.clear();
    job_end end{.id = id_, .state = state};
    if (state == "FINISHED") {
      auto told = master_.get(path_ + "/execution-result");
      if (!told)
        return failed(told.failure().wrap("cannot fetch the result of job " + id_));
      const json result = told->parsed.value("job-execution-result", json::object());
      end.runtime_ms = result.value("net-runtime", std::int64_t{0});
      const json accumulators = result.value("accumulator-results", json::object());
      for (const auto& [name, value] : accumulators.items())
        if (auto lines = from_base64(value.is_string() ? value.get<std::string>() : ""))
          end.results.emplace_back(name, *std::move(lines));
      for (const json& each : result.value("user-accumulators", json::array()))
        end.accumulators.push_back({text_in(each, "name"), text_in(each, "type"), text_in(each, "value")});
    } else if (state == "FAILED") {
      auto told = master_.get(path_ + "/exceptions");
      if (!told)
        return failed(told.failure().wrap("the job failed, and its cause cannot be fetched"));
      end.cause = text_in(told->parsed, "root-exception");
      const json all = told->parsed.value("all-exceptions", json::array());
      if (!all.empty()) {
        end.task = text_in(all.front(), "task");
        end.worker = text_in(all.front(), "taskManagerId");
      }
    }
    return tell_end(end, canceling_);
  }

  const command_context& with_;
  rest_client& master_;
  std::string path_;
  std::string id_;
  bool cancel_when_interrupted_;
  bool canceling_ = false;
  interruption interruption_;
  run_display display_;
};

} // namespace

int follow_job(const command_context& with, rest_client& master, const std::string& id,
               bool cancel_when_interrupted) {
  return attached_run{with, master, id, cancel_when_interrupted}.follow();
}

} // namespace weir::tools
