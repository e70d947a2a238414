#pragma once

#include "script.hpp"

#include "base/platform.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::scenario {

/// Whether a file may have that name by a pattern with '*'; one that begins with a dot only by one that does.
bool matches(const std::string& pattern, const std::string& name);

/// The files that an absolute path with '*' stands for; none when there is no such file.
std::vector<std::string> matching_files(file_system& files, const std::string& pattern);

/// Changes one file as a bad disk would. `position`: the byte that gets another value, or the length that is
/// left. Fails when there is no such byte.
result<void> break_one_file(file_system& files, const std::string& path, file_fault how,
                            std::uint64_t position);

/// Gives a file this text and the end of a line; its folder comes about if need be. Who reads it meanwhile
/// sees all of it or what was before.
result<void> write_whole_file(file_system& files, const std::string& path, const std::string& text);

} // namespace weir::scenario
