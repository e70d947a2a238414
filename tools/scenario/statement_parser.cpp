#include "statement_parser.hpp"

#include "condition_parser.hpp"

#include <map>
#include <optional>

namespace weir::scenario {

namespace {

set_setting setting(word_reader& words) {
  set_setting read{words.key(), {}};
  words.expect("=");
  read.value = words.rest("a value");
  return read;
}

let_variable let(word_reader& words) {
  let_variable read{words.variable(), {}};
  words.expect("=");
  read.value = words.rest("a value");
  return read;
}

action choose(word_reader& words) {
  auto name = words.variable();
  words.expect("from");
  auto first = words.text("values to choose from");
  if (words.accept("to"))
    return choose_number{name, first, words.number("the largest number")};
  choose_value read{name, words.texts_until("")};
  read.of.insert(read.of.begin(), first);
  return read;
}

action start(word_reader& words) {
  if (words.accept("master"))
    return start_master{};
  start_workers read{words.number("'master' or a number of workers"), {}};
  words.one_of({"workers", "worker"});
  if (words.accept("with")) {
    read.slots = words.number("a number of slots");
    words.one_of({"slots", "slot"});
  } else {
    read.slots = *template_text::parse("1");
  }
  return read;
}

run_job run(word_reader& words) {
  run_job read{words.text("an example or the path of a job library"), words.texts_until("with"), {}};
  if (words.accept("with"))
    read.options = words.texts_until("");
  return read;
}

wait_for wait(word_reader& words) {
  wait_for read{words.span(), {}};
  words.expect("for");
  read.until = parse_condition(words, true);
  return read;
}

action link(word_reader& words, link_fault how) {
  if (how == link_fault::heal && words.accept("all"))
    return heal_all_links{};
  break_link read{how, words.node(), {}, false, {}};
  read.one_way = words.one_of({"-", ">"}) == ">";
  read.to = words.node();
  if (how == link_fault::slow) {
    words.expect("by");
    read.delay = words.span();
  }
  return read;
}

break_disk disk(word_reader& words) {
  static const std::map<std::string, disk_fault> states{
      {"well", disk_fault::well},         {"full", disk_fault::full}, {"torn", disk_fault::torn},
      {"unsynced", disk_fault::unsynced}, {"slow", disk_fault::slow}, {"refuses", disk_fault::refuses},
      {"holds", disk_fault::holds}};
  words.expect("of");
  break_disk read{disk_fault::well, words.node(), {}, {}};
  auto state = states.find(words.one_of({"full", "torn", "unsynced", "slow", "refuses", "holds", "well"}));
  if (state == states.end())
    return read;
  read.how = state->second;
  if (read.how == disk_fault::slow) {
    words.expect("by");
    read.delay = words.span();
  }
  if (read.how == disk_fault::refuses || read.how == disk_fault::holds)
    read.names = words.text("names of files, as 'part-*'");
  return read;
}

write_file written(word_reader& words) {
  write_file read{words.text("a text"), {}};
  words.expect("to");
  read.path = words.text("the path of a file");
  return read;
}

break_file file(word_reader& words, file_fault how) {
  break_file read{how, words.text("the path of a file"), {}};
  if (how == file_fault::remove)
    return read;
  words.expect(how == file_fault::corrupt ? "at" : "to");
  read.position = words.number("a number of bytes");
  return read;
}

std::optional<node_fault> node_fault_of(const std::string& verb) {
  static const std::map<std::string, node_fault> verbs{{"kill", node_fault::kill},
                                                       {"stop", node_fault::stop},
                                                       {"pause", node_fault::pause},
                                                       {"continue", node_fault::resume},
                                                       {"restart", node_fault::restart}};
  auto found = verbs.find(verb);
  return found == verbs.end() ? std::nullopt : std::optional{found->second};
}

} // namespace

action parse_action(word_reader& words) {
  auto verb = words.verb();
  if (auto fault = node_fault_of(verb))
    return break_node{*fault, words.node()};
  if (verb == "set")
    return setting(words);
  if (verb == "let")
    return let(words);
  if (verb == "choose")
    return choose(words);
  if (verb == "start")
    return start(words);
  if (verb == "run")
    return run(words);
  if (verb == "cancel") {
    words.expect("job");
    return cancel_job{};
  }
  if (verb == "pass")
    return pass_time{words.span()};
  if (verb == "wait")
    return wait(words);
  if (verb == "expect")
    return expect_that{parse_condition(words, false)};
  if (verb == "cut" || verb == "heal" || verb == "slow")
    return link(words, verb == "cut"    ? link_fault::cut
                       : verb == "heal" ? link_fault::heal
                                        : link_fault::slow);
  if (verb == "disk")
    return disk(words);
  if (verb == "corrupt" || verb == "truncate" || verb == "delete")
    return file(words, verb == "corrupt"    ? file_fault::corrupt
                       : verb == "truncate" ? file_fault::truncate
                                            : file_fault::remove);
  if (verb == "write")
    return written(words);
  words.fail(
      "'" + verb +
      "' is no statement; there are set, let, choose, repeat, start, run, cancel, pass, wait, expect, kill, "
      "stop, pause, continue, restart, cut, heal, slow, disk, corrupt, truncate, delete and write");
  return heal_all_links{};
}

} // namespace weir::scenario
