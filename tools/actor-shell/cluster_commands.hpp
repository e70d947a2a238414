#pragma once

#include "command.hpp"

namespace weir::tools::shell {

/// The master and its workers.
result<answer> nodes(cluster& of, const arguments& none);

/// The slots of all workers, and who holds them.
result<answer> slots(cluster& of, const arguments& none);

} // namespace weir::tools::shell
