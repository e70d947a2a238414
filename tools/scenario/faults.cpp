#include "faults.hpp"

#include "file_faults.hpp"
#include "values.hpp"

#include <chrono>

namespace weir::scenario {

namespace {

/// Of a fault that slows something; none of any other.
result<std::chrono::milliseconds> delay_of(bool is_slow, const time_span& span,
                                           const variable_lookup& variables) {
  return is_slow ? time_of(span, variables) : result<std::chrono::milliseconds>{std::chrono::milliseconds{0}};
}

} // namespace

result<std::string> inflict(const break_node& what, cluster& on, const variable_lookup& variables) {
  auto number = number_of(what.which, variables);
  if (!number)
    return number.failure();
  switch (what.how) {
  case node_fault::kill:
    on.kill(*number);
    break;
  case node_fault::stop:
    on.stop(*number);
    break;
  case node_fault::pause:
    on.pause(*number);
    break;
  case node_fault::resume:
    on.resume(*number);
    break;
  case node_fault::restart:
    on.restart(*number);
    break;
  }
  return node_title(*number);
}

result<std::string> inflict(const break_link& what, cluster& on, const variable_lookup& variables) {
  auto from = number_of(what.from, variables), to = number_of(what.to, variables);
  auto delay = delay_of(what.how == link_fault::slow, what.delay, variables);
  if (!from || !to || !delay)
    return !from ? from.failure() : !to ? to.failure() : delay.failure();
  link_state state{.is_cut = what.how == link_fault::cut, .delay = *delay};
  on.set_link(*from, *to, state);
  if (!what.one_way)
    on.set_link(*to, *from, state);
  return node_title(*from) + " and " + node_title(*to);
}

result<std::string> inflict(const heal_all_links&, cluster& on, const variable_lookup&) {
  on.heal_all();
  return std::string{};
}

result<std::string> inflict(const break_disk& what, cluster& on, const variable_lookup& variables) {
  auto number = number_of(what.of, variables);
  auto delay = delay_of(what.how == disk_fault::slow, what.delay, variables);
  auto names = what.names.expand(variables);
  if (!number || !delay || !names)
    return !number ? number.failure() : !delay ? delay.failure() : names.failure();
  on.set_disk(*number, {what.how, *delay, *names});
  return node_title(*number);
}

result<std::string> inflict(const break_file& what, cluster& on, const variable_lookup& variables) {
  auto pattern = what.path.expand(variables);
  auto position =
      what.how == file_fault::remove ? result<std::uint64_t>{0} : number_of(what.position, variables);
  if (!pattern || !position)
    return pattern ? position.failure() : pattern.failure();
  std::string broken;
  for (const std::string& file : matching_files(on.files(), *pattern)) {
    if (auto done = break_one_file(on.files(), file, what.how, *position); !done)
      return done.failure();
    broken += (broken.empty() ? "" : ", ") + file;
  }
  if (broken.empty())
    return error{errc::not_found, "there is no file " + *pattern};
  return broken;
}

result<std::string> inflict(const write_file& what, cluster& on, const variable_lookup& variables) {
  auto text = what.text.expand(variables), path = what.path.expand(variables);
  if (!text || !path)
    return text ? path.failure() : text.failure();
  if (auto done = write_whole_file(on.files(), *path, *text); !done)
    return done.failure();
  return std::string{};
}

} // namespace weir::scenario
