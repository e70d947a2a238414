#include "script_files.hpp"

#include "script_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace weir::scenario {

result<std::vector<script>> read_scripts(const std::vector<std::string>& paths, file_system& disk) {
  constexpr std::uint64_t bytes_max = 1 << 20;
  std::vector<script> scripts;
  for (const std::string& file : paths) {
    auto text = disk.read_all(file, bytes_max);
    if (!text)
      return text.failure();
    auto read = parse_script(file, *text);
    if (!read)
      return read.failure();
    scripts.push_back(std::move(*read));
  }
  return scripts;
}

result<std::map<std::string, std::string>> read_assignments(const std::vector<std::string>& assignments,
                                                            const std::vector<script>& scripts) {
  std::map<std::string, std::string> variables;
  for (const std::string& each : assignments) {
    auto sign = each.find('=');
    if (sign == std::string::npos || sign == 0)
      return error{errc::invalid_argument, "--set " + each + ": expected NAME=VALUE"};
    std::string name = each.substr(0, sign);
    if (std::ranges::none_of(scripts, [&](const script& of) { return lets(of.statements, name); }))
      return error{errc::invalid_argument, "--set " + each + ": there is no 'let " + name + "' to stand for"};
    variables[name] = each.substr(sign + 1);
  }
  return variables;
}

} // namespace weir::scenario
