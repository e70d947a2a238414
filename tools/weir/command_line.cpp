#include "command_line.hpp"

#include "base/ids.hpp"

#include <charconv>
#include <cstdint>

namespace weir::tools {
namespace {

constexpr std::uint32_t parallelism_max = 32768;

/// Whether the word behind `option` is its value.
bool next_is_value(std::string_view option, const std::function<bool(std::string_view)>& takes_value) {
  if (option.starts_with("--"))
    return option.find('=') == std::string_view::npos && takes_value(option);
  // Short options may stand in one word, the last of them with its value: -dp2.
  for (std::size_t i = 1; i < option.size(); ++i)
    if (takes_value(std::string{'-', option[i]}))
      return i + 1 == option.size();
  return false;
}

} // namespace

std::size_t find_positional(std::span<const std::string> words, std::size_t begin,
                            const std::function<bool(std::string_view)>& takes_value) {
  for (std::size_t i = begin; i < words.size(); ++i) {
    if (words[i] == "--")
      return i + 1 < words.size() ? i + 1 : words.size();
    if (words[i].size() < 2 || words[i].front() != '-')
      return i;
    if (next_is_value(words[i], takes_value))
      ++i;
  }
  return words.size();
}

std::string parallelism_problem(const std::string& text) {
  std::uint32_t number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= parallelism_max)
    return "";
  return "the parallelism must be a number from 1 to " + std::to_string(parallelism_max) + ", not '" + text +
         "'";
}

std::string job_id_problem(const std::string& text) {
  if (parse_random_id(text))
    return "";
  return "'" + text + "' is no job id: write its 32 hexadecimal digits, as `weir list` shows them";
}

} // namespace weir::tools
