#include "faults.hpp"

#include "file_faults.hpp"
#include "values.hpp"

#include <chrono>
#include <map>

namespace weir::scenario {

namespace {

/// Of a fault that slows something; none of any other.
result<std::chrono::milliseconds> delay_of(bool is_slow, const time_span& span,
                                           const variable_lookup& variables) {
  return is_slow ? time_of(span, variables) : result<std::chrono::milliseconds>{std::chrono::milliseconds{0}};
}

} // namespace

result<std::string> inflict(const break_node& what, node_group& nodes, const variable_lookup& variables) {
  auto number = number_of(what.which, variables);
  if (!number)
    return number.failure();
  switch (what.how) {
  case node_fault::kill:
    nodes.kill(*number);
    break;
  case node_fault::stop:
    nodes.stop(*number);
    break;
  case node_fault::pause:
    nodes.pause(*number);
    break;
  case node_fault::resume:
    nodes.resume(*number);
    break;
  case node_fault::restart:
    nodes.restart(*number);
    break;
  }
  return node_title(*number);
}

result<std::string> inflict(const break_link& what, node_group& nodes, const variable_lookup& variables) {
  auto from = number_of(what.from, variables), to = number_of(what.to, variables);
  auto delay = delay_of(what.how == link_fault::slow, what.delay, variables);
  if (!from || !to || !delay)
    return !from ? from.failure() : !to ? to.failure() : delay.failure();
  link_state state{.is_cut = what.how == link_fault::cut, .delay = *delay};
  nodes.set_link(*from, *to, state);
  if (!what.one_way)
    nodes.set_link(*to, *from, state);
  return node_title(*from) + " and " + node_title(*to);
}

result<std::string> inflict(const heal_all_links&, node_group& nodes, const variable_lookup&) {
  nodes.heal_all();
  return std::string{};
}

result<std::string> inflict(const break_disk& what, node_group& nodes, const variable_lookup& variables) {
  static const std::map<disk_fault, std::string> controls{
      {disk_fault::well, ""},       {disk_fault::full, "full"},
      {disk_fault::torn, "torn"},   {disk_fault::unsynced, "unsynced"},
      {disk_fault::slow, "slow "},  {disk_fault::refuses, "refuses "},
      {disk_fault::holds, "holds "}};
  auto number = number_of(what.of, variables);
  auto delay = delay_of(what.how == disk_fault::slow, what.delay, variables);
  auto names = what.names.expand(variables);
  if (!number || !delay || !names)
    return !number ? number.failure() : !delay ? delay.failure() : names.failure();
  std::string control = controls.at(what.how) + *names;
  if (what.how == disk_fault::slow)
    control += std::to_string(delay->count());
  nodes.set_disk(*number, control);
  return node_title(*number);
}

result<std::string> inflict(const break_file& what, node_group&, const variable_lookup& variables) {
  auto pattern = what.path.expand(variables);
  auto position =
      what.how == file_fault::remove ? result<std::uint64_t>{0} : number_of(what.position, variables);
  if (!pattern || !position)
    return pattern ? position.failure() : pattern.failure();
  std::string broken;
  for (const std::string& file : matching_files(*pattern)) {
    break_one_file(file, what.how, *position);
    broken += (broken.empty() ? "" : ", ") + file;
  }
  if (broken.empty())
    return error{errc::not_found, "there is no file " + *pattern};
  return broken;
}

result<std::string> inflict(const write_file& what, node_group&, const variable_lookup& variables) {
  auto text = what.text.expand(variables), path = what.path.expand(variables);
  if (!text || !path)
    return text ? path.failure() : text.failure();
  write_whole_file(*path, *text);
  return std::string{};
}

} // namespace weir::scenario
