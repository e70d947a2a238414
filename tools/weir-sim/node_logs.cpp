#include "node_logs.hpp"

#include "base/log.hpp"

#include <iostream>
#include <utility>

namespace weir::simulation {

namespace {

std::string present_level() {
  using enum log::level;
  for (auto [level, name] : {std::pair{trace, "trace"},
                             {debug, "debug"},
                             {info, "info"},
                             {warn, "warn"},
                             {log::level::error, "error"}})
    if (log::writes(level))
      return name;
  return "off";
}

} // namespace

node_logs::node_logs(std::function<std::optional<std::size_t>()> present_node)
    : level_before_{present_level()} {
  bool is_shown = level_before_ != "off";
  if (!log::writes(log::level::info))
    log::set_level("info");
  log::set_writer([this, is_shown, present_node = std::move(present_node)](std::string_view line) {
    if (auto node = present_node())
      (lines_[*node] += line) += '\n';
    if (is_shown)
      std::cerr << line << '\n';
  });
}

node_logs::~node_logs() {
  log::set_writer({});
  log::set_level(level_before_);
}

std::string node_logs::of(std::size_t node) const {
  auto found = lines_.find(node);
  return found == lines_.end() ? "" : found->second;
}

} // namespace weir::simulation
