#pragma once

#include "node_group.hpp"
#include "script.hpp"
#include "template_text.hpp"

#include "base/result.hpp"

#include <string>

/// Each breaks something, or mends it, and returns what of it the statement does not say, for people.
namespace weir::scenario {

result<std::string> inflict(const break_node& what, node_group& nodes, const variable_lookup& variables);
result<std::string> inflict(const break_link& what, node_group& nodes, const variable_lookup& variables);
result<std::string> inflict(const heal_all_links& what, node_group& nodes, const variable_lookup& variables);
result<std::string> inflict(const break_disk& what, node_group& nodes, const variable_lookup& variables);
result<std::string> inflict(const break_file& what, node_group& nodes, const variable_lookup& variables);
result<std::string> inflict(const write_file& what, node_group& nodes, const variable_lookup& variables);

} // namespace weir::scenario
