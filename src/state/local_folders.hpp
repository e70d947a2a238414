#pragma once

#include <string>
#include <vector>

namespace weir {

/// The folders that the value of an option such as io.tmp.dirs names, separated by ',', '|' or ':'; that of
/// the system for temporary files if it names none.
std::vector<std::string> local_folders(const std::string& text);

} // namespace weir
