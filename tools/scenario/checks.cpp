#include "checks.hpp"

#include "exactly_once_oracle.hpp"
#include "file_faults.hpp"
#include "job_files.hpp"
#include "transfers_oracle.hpp"
#include "values.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace weir::scenario {

namespace {

using check = std::function<observation()>;
using json = nlohmann::json;

bool has_ended(const std::string& state) {
  return state == "FINISHED" || state == "FAILED" || state == "CANCELED";
}

/// Looks at a JSON answer of the master; one that does not answer may do so later.
template <class Look>
observation ask(cluster& nodes, const std::string& path, Look look) {
  auto answer = nodes.ask("GET", path);
  if (!answer)
    return {.seen = answer.failure().message()};
  try {
    return look(*answer);
  } catch (const json::exception& wrong) {
    return {.is_hopeless = true, .seen = "GET " + path + ": " + wrong.what()};
  }
}

std::string root_cause(cluster& nodes, const std::string& job) {
  return ask(nodes, "/jobs/" + job + "/exceptions",
             [](const json& answer) -> observation {
               const json& entries = answer.at("exceptionHistory").at("entries");
               return {.seen = entries.empty() ? "" : entries.front().at("stacktrace").get<std::string>()};
             })
      .seen;
}

/// What is seen of a job in `state`: whether it has ended although something is waited for.
observation of_job(cluster& nodes, const std::string& job, const std::string& state, bool holds) {
  observation found{.holds = holds, .is_hopeless = !holds && has_ended(state), .seen = "the job is " + state};
  if (state == "FAILED")
    found.seen += ": " + root_cause(nodes, job);
  return found;
}

/// How often a job was restarted, as the master counts; none while it does not answer.
std::optional<std::uint64_t> restarts_of(cluster& nodes, const std::string& job) {
  std::optional<std::uint64_t> count;
  ask(nodes, "/jobs/" + job + "/metrics?get=numRestarts", [&](const json& answer) -> observation {
    count = std::stoull(answer.at(0).at("value").get<std::string>());
    return {};
  });
  return count;
}

/// Where conditions get their values from, with the first one that has none.
class value_reader {
public:
  explicit value_reader(const check_context& context) : context_{context} {}

  std::uint64_t number(const template_text& text) { return kept(number_of(text, context_.variables)); }
  std::uint64_t positive(const template_text& text) {
    std::uint64_t value = number(text);
    if (value == 0 && !failure_)
      failure_ = error{errc::invalid_argument, "expected at least 1, found 0"};
    return value;
  }
  std::string text(const template_text& text) { return kept(text.expand(context_.variables)); }
  unsigned node(const node_name& name) {
    unsigned number = kept(number_of(name, context_.variables));
    if (!failure_ && !context_.nodes.has(number))
      failure_ = error{errc::invalid_argument, "there is no " + node_title(number)};
    return number;
  }
  std::string job() {
    if (context_.job.empty() && !failure_)
      failure_ = error{errc::invalid_argument, "no job was run; 'run' comes before this"};
    return context_.job;
  }
  [[nodiscard]] const std::optional<error>& failure() const { return failure_; }

private:
  template <class T>
  T kept(result<T> read) {
    if (read)
      return *std::move(read);
    if (!failure_)
      failure_ = read.failure();
    return {};
  }

  const check_context& context_;
  std::optional<error> failure_;
};

/// One overload a condition; each reads its values at once and returns the look.
struct check_maker {
  const check_context& context;
  value_reader& values;
  cluster& nodes = context.nodes;

  check operator()(const job_is& what) const {
    return [&nodes = nodes, job = values.job(), wanted = values.text(what.state)] {
      return ask(nodes, "/jobs/" + job, [&](const json& answer) {
        std::string state = answer.at("state");
        return of_job(nodes, job, state, state == wanted);
      });
    };
  }

  check operator()(const all_tasks_are& what) const {
    return [&nodes = nodes, job = values.job(), wanted = values.text(what.state)] {
      return ask(nodes, "/jobs/" + job, [&](const json& answer) {
        std::uint64_t in_state = 0, all = 0;
        for (const json& vertex : answer.at("vertices")) {
          all += vertex.at("parallelism").get<std::uint64_t>();
          in_state += vertex.at("tasks").value(wanted, std::uint64_t{0});
        }
        auto found = of_job(nodes, job, answer.at("state"), in_state == all);
        found.seen += ", " + std::to_string(in_state) + " of " + std::to_string(all) + " tasks are " + wanted;
        return found;
      });
    };
  }

  check operator()(const restarts_reached& what) const { return restarted(values.number(what.count)); }

  check operator()(const never_restarted&) const {
    return [&nodes = nodes, job = values.job()] {
      auto count = restarts_of(nodes, job);
      return observation{.holds = count == std::uint64_t{0},
                         .is_hopeless = count.value_or(0) > 0,
                         .seen = count ? std::to_string(*count) + " restarts" : "the master does not answer"};
    };
  }

  check operator()(const more_restarts& what) const {
    auto before = restarts_of(nodes, values.job());
    if (!before)
      return [] {
        return observation{.is_hopeless = true, .seen = "the master does not say how many there were"};
      };
    return restarted(*before + values.number(what.count));
  }

  check restarted(std::uint64_t wanted) const {
    return [&nodes = nodes, job = values.job(), wanted] {
      auto count = restarts_of(nodes, job);
      auto found = ask(nodes, "/jobs/" + job, [&](const json& answer) {
        return of_job(nodes, job, answer.at("state"), count && *count >= wanted);
      });
      found.seen += ", after " + (count ? std::to_string(*count) : "an unknown number of") + " restarts";
      return found;
    };
  }

  check operator()(const more_checkpoints& what) const {
    auto from = look_at_checkpoints(nodes.files(), context.checkpoints).newest;
    return reaches(values.number(what.count) + from);
  }

  check operator()(const checkpoint_reached& what) const { return reaches(values.number(what.id)); }

  check reaches(std::uint64_t id) const {
    return [&nodes = nodes, job = values.job(), folder = context.checkpoints, id] {
      auto newest = look_at_checkpoints(nodes.files(), folder).newest;
      if (newest >= id)
        return observation{.holds = true, .seen = "checkpoint " + std::to_string(newest) + " is complete"};
      auto found = ask(nodes, "/jobs/" + job,
                       [&](const json& answer) { return of_job(nodes, job, answer.at("state"), false); });
      found.seen += ", the newest checkpoint is " + std::to_string(newest) + " of " + std::to_string(id);
      return found;
    };
  }

  check operator()(const checkpoint_under_way&) const {
    values.job();
    return [&nodes = nodes, folder = context.checkpoints] {
      auto found = look_at_checkpoints(nodes.files(), folder);
      return observation{.holds = found.is_one_under_way,
                         .seen = std::string{found.is_one_under_way ? "a" : "no"} +
                                 " checkpoint is under way after " + std::to_string(found.newest)};
    };
  }

  check operator()(const workers_registered& what) const {
    return [&nodes = nodes, wanted = values.number(what.count)] {
      return ask(nodes, "/taskmanagers", [&](const json& answer) {
        std::size_t count = answer.at("taskmanagers").size();
        return observation{.holds = count == wanted,
                           .seen = std::to_string(count) + " workers are registered"};
      });
    };
  }

  check operator()(const records_written& what) const {
    return [&nodes = nodes, wanted = values.number(what.count), folder = values.text(what.folder)] {
      std::size_t count = committed_lines(nodes.files(), folder).size();
      return observation{.holds = count >= wanted, .seen = std::to_string(count) + " records in " + folder};
    };
  }

  check operator()(const log_says& what) const {
    return
        [&nodes = nodes, node = values.node(what.node), wanted = values.text(what.text), never = what.never] {
          bool is_there = nodes.log_of(node).find(wanted) != std::string::npos;
          return observation{.holds = is_there != never,
                             .is_hopeless = is_there && never,
                             .seen = "the log of " + node_title(node) +
                                     (is_there ? " has '" : " does not have '") + wanted + "'"};
        };
  }

  check operator()(const cause_says& what) const {
    return [&nodes = nodes, job = values.job(), wanted = values.text(what.text)] {
      std::string cause = root_cause(nodes, job);
      return observation{.holds = cause.find(wanted) != std::string::npos,
                         .seen = cause.empty() ? "the job has no cause" : "the cause is: " + cause};
    };
  }

  check operator()(const rename_held& what) const {
    return [&nodes = nodes, node = values.node(what.on)] {
      bool holds = nodes.disk_holds(node);
      return observation{.holds = holds,
                         .seen =
                             "the disk of " + node_title(node) + (holds ? " holds a file" : " holds none")};
    };
  }

  check operator()(const memory_below& what) const {
    return [&nodes = nodes, node = values.node(what.of), limit = values.number(what.mebibytes)] {
      auto peak = nodes.peak_memory_of(node);
      return observation{.holds = peak != 0 && peak < limit,
                         .seen = peak == 0 ? node_title(node) + " does not run"
                                           : "the memory of " + node_title(node) + " was at most " +
                                                 std::to_string(peak) + " MiB"};
    };
  }

  check operator()(const money_kept& what) const {
    return [&nodes = nodes, transfers = values.number(what.transfers),
            accounts = values.positive(what.accounts), folder = values.text(what.folder)] {
      constexpr std::int64_t opening_balance = 1'000;
      std::string wrong = testing::transfer_books{opening_balance}.judge(
          committed_lines(nodes.files(), folder), transfers, accounts);
      return observation{.holds = wrong.empty(),
                         .seen = wrong.empty() ? "each transfer is there once, and all money" : wrong};
    };
  }

  check operator()(const exactly_once& what) const {
    return [&nodes = nodes, records = values.number(what.records), keys = values.positive(what.keys),
            folder = values.text(what.folder)] {
      std::string wrong = testing::judge_exactly_once(committed_lines(nodes.files(), folder), records, keys);
      return observation{.holds = wrong.empty(), .seen = wrong.empty() ? "each record is there once" : wrong};
    };
  }

  check operator()(const file_is_there& what) const {
    return [&nodes = nodes, path = values.text(what.path), never = what.never] {
      bool is_there = !matching_files(nodes.files(), path).empty();
      return observation{.holds = is_there != never,
                         .seen = std::string{is_there ? "there is " : "there is no "} + path};
    };
  }

  check operator()(const no_orphans& what) const {
    std::vector<std::string> folders;
    for (const template_text& folder : what.folders)
      folders.push_back(values.text(folder));
    return [&nodes = nodes, folders] {
      std::string left;
      for (const std::string& folder : folders)
        for (const std::string& orphan : orphans_in(nodes.files(), folder))
          left += ' ' + orphan;
      return observation{.holds = left.empty(), .seen = left.empty() ? "no orphans" : "orphans:" + left};
    };
  }
};

} // namespace

result<check> make_check(const condition& what, const check_context& context) {
  value_reader values{context};
  check made = std::visit(check_maker{context, values}, what);
  if (values.failure())
    return *values.failure();
  return made;
}

} // namespace weir::scenario
