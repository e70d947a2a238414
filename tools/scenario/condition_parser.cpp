#include "condition_parser.hpp"

#include <algorithm>
#include <array>

namespace weir::scenario {

namespace {

constexpr std::string_view all_conditions =
    "a condition: 'job', 'all tasks', 'checkpoint', 'log of', 'no log of', 'cause', 'rename held on', "
    "'memory of', 'exactly once', 'file', 'no file', 'no restarts', 'no orphans in', or a number of 'more "
    "checkpoints', "
    "'restarts', 'more restarts', 'workers' or 'records in'";

template_text state(word_reader& words, std::string_view what) {
  static constexpr std::array<std::string_view, 13> states{
      "INITIALIZING", "CREATED",   "RUNNING",   "FAILING",   "FAILED",     "CANCELLING", "CANCELED",
      "FINISHED",     "DEPLOYING", "SCHEDULED", "CANCELING", "RESTARTING", "SUSPENDED"};
  auto read = words.text(what);
  if (read.is_literal() && std::ranges::find(states, read.written()) == states.end())
    words.fail("'" + read.written() + "' is no state; states are written as RUNNING or FINISHED");
  return read;
}

condition checkpoint(word_reader& words) {
  if (words.accept("under")) {
    words.expect("way");
    return checkpoint_under_way{};
  }
  return checkpoint_reached{words.number("'under way' or the id of a checkpoint")};
}

condition log(word_reader& words, bool never) {
  words.expect("of");
  auto node = words.node();
  return log_says{node, words.rest("the text to look for"), never};
}

condition once(word_reader& words) {
  words.expect("once");
  auto many = words.number("how many records or transfers there are");
  bool is_money = words.one_of({"records", "transfers"}) == "transfers";
  words.expect("of");
  auto among = words.number(is_money ? "how many accounts there are" : "how many keys there are");
  words.expect(is_money ? "accounts" : "keys");
  words.expect("in");
  auto folder = words.text("a folder");
  if (is_money)
    return money_kept{many, among, folder};
  return exactly_once{many, among, folder};
}

condition held(word_reader& words) {
  words.expect("held");
  words.expect("on");
  return rename_held{words.node()};
}

condition memory(word_reader& words) {
  words.expect("of");
  memory_below read{words.node(), {}};
  words.expect("below");
  read.mebibytes = words.number("a number of MiB");
  words.expect("MiB");
  return read;
}

condition negative(word_reader& words) {
  if (words.accept("log"))
    return log(words, true);
  if (words.accept("file"))
    return file_is_there{words.text("the path of a file"), true};
  if (words.accept("restarts"))
    return never_restarted{};
  words.expect("orphans");
  words.expect("in");
  if (words.at_end())
    words.fail_expected("a folder");
  return no_orphans{words.texts_until("")};
}

condition counted(word_reader& words, bool is_waited_for) {
  auto count = words.number(all_conditions);
  if (words.accept("workers") || words.accept("worker"))
    return workers_registered{count};
  if (words.accept("records")) {
    words.expect("in");
    return records_written{count, words.text("a folder")};
  }
  if (words.accept("restarts") || words.accept("restart"))
    return restarts_reached{count};
  if (words.accept("more")) {
    bool is_restarts =
        words.one_of({"checkpoints", "checkpoint", "restarts", "restart"}).starts_with("restart");
    if (!is_waited_for)
      words.fail(is_restarts ? "'more restarts' can only be waited for; 'N restarts' can be expected"
                             : "'more checkpoints' can only be waited for; 'checkpoint N' can be expected");
    return is_restarts ? condition{more_restarts{count}} : condition{more_checkpoints{count}};
  }
  words.fail_expected("'workers', 'records in', 'restarts', 'more restarts' or 'more checkpoints'");
  return job_is{};
}

condition any(word_reader& words, bool is_waited_for) {
  if (words.accept("job"))
    return job_is{state(words, "the state of a job")};
  if (words.accept("all")) {
    words.expect("tasks");
    return all_tasks_are{state(words, "the state of a task")};
  }
  if (words.accept("checkpoint"))
    return checkpoint(words);
  if (words.accept("log"))
    return log(words, false);
  if (words.accept("no"))
    return negative(words);
  if (words.accept("file"))
    return file_is_there{words.text("the path of a file"), false};
  if (words.accept("cause"))
    return cause_says{words.rest("the text to look for")};
  if (words.accept("rename"))
    return held(words);
  if (words.accept("memory"))
    return memory(words);
  if (words.accept("exactly"))
    return once(words);
  return counted(words, is_waited_for);
}

} // namespace

condition parse_condition(word_reader& words, bool is_waited_for) {
  auto read = any(words, is_waited_for);
  words.expect_end();
  return read;
}

} // namespace weir::scenario
