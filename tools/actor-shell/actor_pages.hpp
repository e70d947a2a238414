#pragma once

#include "table.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace weir::tools::shell {

using vertex_names = std::map<std::string, std::string>; ///< by vertex id

/// What `GET /inspect` answered, laid out for its kind of actor. A kind that this version does not know is
/// shown field by field.
page actor_page(const nlohmann::json& actor, std::int64_t now);

/// A task, its chain and where its inputs come from.
page task_page(const nlohmann::json& task, const vertex_names& vertices);

} // namespace weir::tools::shell
