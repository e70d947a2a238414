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

/// Gives a file this text and the end of a line; its folder comes about if need be. Who reads it meanwhile
/// sees all of it or what was before. Throws when it cannot be written.
void write_whole_file(const std::filesystem::path& file, const std::string& text);

} // namespace weir::scenario
