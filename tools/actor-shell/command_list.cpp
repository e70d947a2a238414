#include "command_list.hpp"

#include "cluster_commands.hpp"
#include "inspect_command.hpp"
#include "job_commands.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace weir::tools::shell {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
constexpr std::chrono::milliseconds default_interval = 1s;
constexpr std::chrono::milliseconds interval_min = 100ms; // a master has better things to do
constexpr std::chrono::milliseconds interval_max = 24h;

constexpr const char* job_forms = "JOB is the id of a job, the beginning of it, or the name of a job.";

constexpr command commands[] = {
    {.name = "nodes",
     .usage = "nodes",
     .summary = "the master and its workers",
     .details = "RESIDENT is the memory of the process, IN FLIGHT what of its network memory holds data.",
     .run = nodes},
    {.name = "slots",
     .usage = "slots",
     .summary = "the slots of all workers, and which job holds them",
     .details = "A slot is named WORKER/NUMBER; `inspect` takes that name.",
     .run = slots},
    {.name = "jobs",
     .usage = "jobs",
     .summary = "all jobs, those that have not ended first",
     .details = "Wherever a command takes a JOB, the beginning of its id or its name will do.",
     .run = jobs},
    {.name = "tasks",
     .usage = "tasks [JOB]",
     .summary = "the tasks of a job, or of all jobs that have not ended",
     .details =
         "BUSY, BACKPRESSURED and IDLE are shares of a task's time since it started. A backpressured task\n"
         "waits for what it writes to. JOB is the id of a job, the beginning of it, or the name of a job.",
     .takes = argument_kind::job,
     .arguments_max = 1,
     .run = tasks},
    {.name = "inspect",
     .usage = "inspect ACTOR",
     .summary = "all that is known of a job, task, worker, slot, the dispatcher or the resource-manager",
     .details = "ACTOR is one of:\n"
                "  a job             its id, the beginning of it, or its name\n"
                "  a task            its name, as in `inspect count (1/2)`, or v0/s1, or JOB/v0/s1\n"
                "  a worker          its id or the beginning of it\n"
                "  a slot            WORKER/NUMBER\n"
                "  dispatcher, resource-manager",
     .takes = argument_kind::actor,
     .arguments_min = 1,
     .arguments_max = unlimited,
     .run = inspect},
    {.name = "why",
     .usage = "why JOB",
     .summary = "what a job waits for, followed to the cause",
     .details = job_forms,
     .takes = argument_kind::job,
     .arguments_min = 1,
     .arguments_max = 1,
     .run = why},
    {.name = "checkpoints",
     .usage = "checkpoints JOB",
     .summary = "the last checkpoints of a job, and what it was restored from",
     .details =
         "WRITTEN is what a checkpoint added to the storage, STATE all that a restart from it would read.\n"
         "JOB is the id of a job, the beginning of it, or the name of a job.",
     .takes = argument_kind::job,
     .arguments_min = 1,
     .arguments_max = 1,
     .run = checkpoints},
    {.name = "watch",
     .usage = "watch [-n SECONDS] COMMAND",
     .summary = "repeats a command until a key or Ctrl-C is pressed",
     .details = "-n SECONDS is the time between two looks: 1 if it is not given, at least 0.1.",
     .takes = argument_kind::command,
     .arguments_min = 1,
     .arguments_max = unlimited,
     .role = command_role::watch},
    {.name = "help",
     .usage = "help [COMMAND]",
     .summary = "the commands, or how to use one",
     .details =
         "Several commands stand in one line with ';' between them. Quotes keep blanks in an argument.",
     .takes = argument_kind::command,
     .arguments_max = 1,
     .role = command_role::help},
    {.name = "exit",
     .usage = "exit",
     .summary = "ends the shell, as `quit` and Ctrl-D do",
     .details = "What the cluster does is not affected.",
     .role = command_role::end},
    {.name = "quit",
     .usage = "quit",
     .summary = "ends the shell, as `exit` and Ctrl-D do",
     .details = "What the cluster does is not affected.",
     .role = command_role::end},
};

/// The fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differs});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped)
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, row);
  }
  return last.back();
}

error unknown_command(std::string_view name) {
  const command* nearest = &*std::ranges::min_element(
      commands, {}, [&](const command& one) { return edit_distance(name, one.name); });
  std::size_t distance = edit_distance(name, nearest->name);
  bool near = distance * 2 <= std::max(name.size(), std::string_view{nearest->name}.size());
  return error{errc::invalid_argument, "There is no command '" + std::string{name} + "'" +
                                           (near ? std::string{": did you mean `"} + nearest->name + "`?"
                                                 : std::string{": `help` lists them."})};
}

error wrong_usage(const command& of, const std::string& why) {
  return error{errc::invalid_argument,
               std::string{"`"} + of.name + "` " + why + ": write `" + of.usage + "`."};
}

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  double seconds = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  bool number = problem == std::errc{} && end == text.data() + text.size();
  auto in_seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration<double>{time}.count();
  };
  if (!number || !(seconds >= in_seconds(interval_min) && seconds <= in_seconds(interval_max)))
    return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000 + 0.5)};
}

result<parsed_command> parse_watch(const command& watch, words typed) {
  auto every = std::optional{default_interval};
  typed.erase(typed.begin());
  if (!typed.empty() && typed.front().starts_with("-n")) {
    std::string number = typed.front().substr(2);
    typed.erase(typed.begin());
    if (number.empty() && !typed.empty()) {
      number = typed.front();
      typed.erase(typed.begin());
    }
    every = parse_seconds(number);
    if (!every)
      return wrong_usage(watch, "takes a number of seconds from 0.1 to 86400 after -n, not '" + number + "'");
  }
  if (typed.empty())
    return wrong_usage(watch, "needs the command to repeat");
  auto watched = parse_command(typed);
  if (!watched)
    return watched.failure();
  if (watched->every || watched->what->role != command_role::question)
    return wrong_usage(watch, "cannot repeat `" + typed.front() + "`");
  watched->every = every;
  return watched;
}

} // namespace

std::span<const command> all_commands() {
  return commands;
}

const command* find_command(std::string_view name) {
  auto found = std::ranges::find_if(commands, [&](const command& one) { return name == one.name; });
  return found == std::end(commands) ? nullptr : found;
}

result<parsed_command> parse_command(const words& typed) {
  const command* what = find_command(typed.front());
  if (!what)
    return unknown_command(typed.front());
  if (what->role == command_role::watch)
    return parse_watch(*what, typed);
  arguments given(typed.begin() + 1, typed.end());
  if (given.size() < what->arguments_min)
    return wrong_usage(*what, "needs an argument");
  if (given.size() > what->arguments_max)
    return wrong_usage(*what, what->arguments_max == 0 ? "takes no argument" : "takes only one argument");
  if (what->role == command_role::help && !given.empty() && !find_command(given.front()))
    return unknown_command(given.front());
  return parsed_command{what, std::move(given), std::nullopt};
}

result<answer> help(const arguments& about) {
  if (about.empty()) {
    answer found{{{"commands", json::array()}}, {}};
    table rows{{{""}, {""}}, {}};
    for (const command& one : commands) {
      found.data["commands"].push_back({{"name", one.name}, {"usage", one.usage}, {"summary", one.summary}});
      rows.rows.push_back({one.usage, one.summary});
    }
    found.shown.emplace_back(std::move(rows));
    return found;
  }
  const command* what = find_command(about.front());
  if (!what)
    return unknown_command(about.front());
  json data{
      {"name", what->name}, {"usage", what->usage}, {"summary", what->summary}, {"details", what->details}};
  return answer{std::move(data),
                {std::string{what->usage} + ": " + what->summary + ".", std::string{what->details}}};
}

} // namespace weir::tools::shell
