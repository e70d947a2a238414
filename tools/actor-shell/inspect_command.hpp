#pragma once

#include "command.hpp"

namespace weir::tools::shell {

/// All that is known of one actor; find_actor() says how it is named.
result<answer> inspect(cluster& of, const arguments& actor);

} // namespace weir::tools::shell
