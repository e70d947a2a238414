#pragma once

#include "command.hpp"
#include "words.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace weir::tools::shell {

/// In the order in which `help` lists them.
std::span<const command> all_commands();

/// nullptr when there is none of that name.
const command* find_command(std::string_view name);

struct parsed_command {
  const command* what = nullptr; ///< not null; never `watch` itself
  arguments given;
  std::optional<std::chrono::milliseconds> every; ///< of a watch, how long it waits between two looks
};

/// Requires a word. An error is about wrong usage, and names the nearest command or the right form.
result<parsed_command> parse_command(const words& typed);

/// What `help [COMMAND]` shows. Fails when there is no such command.
result<answer> help(const arguments& about);

} // namespace weir::tools::shell
