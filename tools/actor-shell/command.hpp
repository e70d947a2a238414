#pragma once

#include "table.hpp"

#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir::tools::shell {

/// The master, as commands see it.
class cluster {
public:
  virtual ~cluster() = default;
  /// The JSON that the master answers to GET `path`.
  virtual result<nlohmann::json> get(const std::string& path) = 0;
  /// Milliseconds since 1970, for ages.
  virtual std::int64_t wall_ms() = 0;
};

/// What a command found out.
struct answer {
  nlohmann::json data; ///< for --json
  page shown;
};

using arguments = std::vector<std::string>;

/// What stands in the place of an argument, for completion.
enum class argument_kind { none, command, job, actor };

enum class command_role { question, help, watch, end };

struct command {
  const char* name;
  const char* usage;   ///< "tasks [JOB]"
  const char* summary; ///< what `help` says in a line
  const char* details; ///< what `help COMMAND` adds
  argument_kind takes = argument_kind::none;
  std::size_t arguments_min = 0;
  std::size_t arguments_max = 0;
  command_role role = command_role::question;
  result<answer> (*run)(cluster& of, const arguments& given) = nullptr; ///< of a question
};

} // namespace weir::tools::shell
