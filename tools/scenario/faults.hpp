#pragma once

#include "cluster.hpp"
#include "script.hpp"
#include "template_text.hpp"

#include "base/result.hpp"

#include <string>

/// Each breaks something, or mends it, and returns what of it the statement does not say, for people.
namespace weir::scenario {

result<std::string> inflict(const break_node& what, cluster& on, const variable_lookup& variables);
result<std::string> inflict(const break_link& what, cluster& on, const variable_lookup& variables);
result<std::string> inflict(const heal_all_links& what, cluster& on, const variable_lookup& variables);
result<std::string> inflict(const break_disk& what, cluster& on, const variable_lookup& variables);
result<std::string> inflict(const break_file& what, cluster& on, const variable_lookup& variables);
result<std::string> inflict(const write_file& what, cluster& on, const variable_lookup& variables);

} // namespace weir::scenario
