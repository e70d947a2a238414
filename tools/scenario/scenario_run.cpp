#include "scenario_run.hpp"

#include "checks.hpp"
#include "faults.hpp"
#include "job_files.hpp"
#include "script_lines.hpp"
#include "values.hpp"

#include <chrono>
#include <exception>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace weir::scenario {

namespace {

error wrong(std::string sentence) {
  return {errc::failed, std::move(sentence)};
}

result<std::vector<std::string>> expanded(const std::vector<template_text>& texts,
                                          const variable_lookup& lookup) {
  std::vector<std::string> all;
  for (const template_text& each : texts) {
    auto value = each.expand(lookup);
    if (!value)
      return value.failure();
    all.push_back(std::move(*value));
  }
  return all;
}

} // namespace

/// One overload an action; of faults all together.
struct scenario_run::performer {
  scenario_run& run;
  const statement& of;

  const variable_lookup& lookup = run.lookup_;

  void say(const std::string& what) const { run.say(of.line, what); }

  result<void> operator()(const set_setting& what) const {
    auto value = what.value.expand(lookup);
    if (!value)
      return value.failure();
    run.nodes_.set(what.key, *value);
    return {};
  }

  result<void> assign(const std::string& name, result<std::string> value) const {
    if (!value)
      return value.failure();
    say("$" + name + " is " + *value);
    run.variables_[name] = *std::move(value);
    return {};
  }

  result<void> operator()(const let_variable& what) const {
    auto given = run.settings_.variables.find(what.name);
    if (given != run.settings_.variables.end())
      return assign(what.name, given->second);
    return assign(what.name, what.value.expand(lookup));
  }

  result<void> operator()(const choose_value& what) const {
    return assign(what.name, what.of[run.random_() % what.of.size()].expand(lookup));
  }

  result<void> operator()(const choose_number& what) const {
    auto from = number_of(what.from, lookup), to = number_of(what.to, lookup);
    if (!from || !to)
      return from ? to.failure() : from.failure();
    if (*from > *to)
      return wrong("there is no number from " + std::to_string(*from) + " to " + std::to_string(*to));
    return assign(what.name, std::to_string(*from + run.random_() % (*to - *from + 1)));
  }

  result<void> operator()(const repeat_block& what) const {
    auto times = number_of(what.times, lookup);
    if (!times)
      return times.failure();
    return rounds(what.body, [&](std::uint64_t round) { return round <= *times; });
  }

  result<void> operator()(const repeat_for& what) const {
    auto span = time_of(what.span, lookup);
    if (!span)
      return span.failure();
    auto end = run.nodes_.now() + *span;
    return rounds(what.body, [&](std::uint64_t) { return run.nodes_.now() < end; });
  }

  template <class Predicate>
  result<void> rounds(const std::vector<statement>& body, const Predicate& begins) const {
    auto outer = run.variables_["round"];
    for (std::uint64_t round = 1; begins(round); ++round) {
      run.variables_["round"] = std::to_string(round);
      if (auto done = run.run(body); !done)
        return done;
    }
    run.variables_["round"] = outer;
    return {};
  }

  result<void> operator()(const choose_block& what) const {
    std::size_t chosen = run.random_() % what.of.size();
    say("block " + std::to_string(chosen + 1) + " of " + std::to_string(what.of.size()));
    return run.run(what.of[chosen]);
  }

  result<void> operator()(const start_master&) const {
    run.nodes_.start_master();
    say("master serves");
    return {};
  }

  result<void> operator()(const start_workers& what) const {
    auto count = number_of(what.count, lookup), slots = number_of(what.slots, lookup);
    if (!count || !slots)
      return count ? slots.failure() : count.failure();
    run.nodes_.start_workers(static_cast<unsigned>(*count), static_cast<unsigned>(*slots));
    say(std::to_string(*count) + " workers have registered");
    return {};
  }

  result<void> operator()(const run_job& what) const {
    auto library = what.library.expand(lookup);
    auto options = expanded(what.options, lookup), arguments = expanded(what.arguments, lookup);
    if (!library || !options || !arguments)
      return !library ? library.failure() : !options ? options.failure() : arguments.failure();
    auto job = run.nodes_.run({.library = *library, .arguments = *arguments, .options = *options});
    if (!job)
      return job.failure();
    run.job_ = *job;
    say("job " + *job + " was submitted");
    return {};
  }

  result<void> operator()(const cancel_job&) const {
    if (run.job_.empty())
      return wrong("no job was run");
    auto answer = run.nodes_.ask("PATCH", "/jobs/" + run.job_ + "?mode=cancel");
    if (!answer)
      return answer.failure();
    say("job is to be canceled");
    return {};
  }

  result<void> operator()(const pass_time& what) const {
    auto span = time_of(what.span, lookup);
    if (!span)
      return span.failure();
    if (comes_true(run.nodes_, run.settings_.is_interrupted, *span))
      return wrong("interrupted");
    say("time has passed");
    return {};
  }

  result<void> operator()(const wait_for& what) const {
    auto limit = time_of(what.limit, lookup);
    if (!limit)
      return limit.failure();
    return look(what.until, *limit);
  }

  result<void> operator()(const expect_that& what) const {
    return look(what.what, std::chrono::milliseconds{0});
  }

  result<void> look(const condition& at, std::chrono::milliseconds limit) const {
    auto check = make_check(at, {run.nodes_, lookup, run.checkpoints_of_job(), run.job_});
    if (!check)
      return check.failure();
    std::string before;
    observation last;
    comes_true(
        run.nodes_,
        [&] {
          if (run.settings_.is_interrupted()) {
            last = {.is_hopeless = true, .seen = "interrupted"};
            return true;
          }
          last = (*check)();
          if (last.seen != before)
            say(last.seen);
          before = last.seen;
          return last.holds || last.is_hopeless;
        },
        limit);
    return last.holds ? result<void>{} : wrong(last.seen);
  }

  /// All faults.
  template <class Fault>
  result<void> operator()(const Fault& what) const {
    auto done = inflict(what, run.nodes_, lookup);
    if (!done)
      return done.failure();
    say(of.text + ": done" + (done->empty() ? "" : ", " + *done));
    return {};
  }
};

scenario_run::scenario_run(const script& what, run_settings settings, cluster& on, timeline& events)
    : script_{what}, settings_{std::move(settings)}, nodes_{on}, events_{events}, random_{settings_.seed} {
  variables_ = {{"folder", settings_.folder},
                {"checkpoints", settings_.folder + "/checkpoints"},
                {"programs", settings_.programs},
                {"script", std::filesystem::path{what.file}.parent_path()},
                {"seed", std::to_string(settings_.seed)}};
}

result<void> scenario_run::run() {
  if (auto done = run(script_.statements); !done)
    return done;
  if (std::string left = nodes_.stop_all(); !left.empty())
    return wrong(script_.file + ": the nodes did not end well: " + left);
  say(0, "all nodes have ended");
  return {};
}

result<void> scenario_run::run(const std::vector<statement>& statements) {
  for (const statement& each : statements)
    if (auto done = perform(each); !done)
      return done;
  return {};
}

result<void> scenario_run::perform(const statement& each) {
  bool is_block = std::holds_alternative<repeat_block>(each.what) ||
                  std::holds_alternative<repeat_for>(each.what) ||
                  std::holds_alternative<choose_block>(each.what);
  try {
    auto done = std::visit(performer{*this, each}, each.what);
    if (done || is_block) // a block's failure names the statement in it
      return done;
    return error_at(script_.file, each.line, each.text + ": " + done.failure().message());
  } catch (const std::exception& failure) { // of processes
    return error_at(script_.file, each.line, each.text + ": " + failure.what());
  }
}

std::string scenario_run::checkpoints_of_job() const {
  return settings_.folder + "/checkpoints/" + job_;
}

void scenario_run::say(unsigned line, std::string what) {
  events_.add(std::chrono::duration<double>(nodes_.now() - begin_).count(), line, std::move(what));
}

result<std::string> scenario_run::value_of(const std::string& variable) const {
  bool is_of_checkpoint = variable == "checkpoint" || variable == "metadata";
  if ((variable == "job" || is_of_checkpoint) && job_.empty())
    return wrong("$" + variable + " has no value before a job is run");
  if (variable == "job")
    return job_;
  if (is_of_checkpoint) {
    auto newest = look_at_checkpoints(nodes_.files(), checkpoints_of_job()).newest;
    if (newest == 0)
      return wrong("$" + variable + " has no value before a checkpoint is complete");
    auto folder = checkpoints_of_job() + "/chk-" + std::to_string(newest);
    return variable == "metadata" ? folder + "/_metadata" : folder;
  }
  auto found = variables_.find(variable);
  return found == variables_.end() ? wrong("nothing has given $" + variable + " a value yet")
                                   : result<std::string>{found->second};
}

} // namespace weir::scenario
