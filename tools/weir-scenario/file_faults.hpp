#pragma once

#include "script.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::scenario {

/// The files that a path with '*' stands for; none when there is no such file.
std::vector<std::string> matching_files(const std::string& pattern);

/// Changes one file as a bad disk would. `position`: the byte that gets another value, or the length that is
/// left. Throws std::runtime_error when there is no such byte.
void break_one_file(const std::filesystem::path& file, file_fault how, std::uint64_t position);

} // namespace weir::scenario
