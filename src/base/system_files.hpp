#pragma once

#include "base/platform.hpp"

#include <cstdint>
#include <memory>

namespace weir {

/// The files of the operating system. Regular files and folders only: a pipe or a device is refused, since
/// opening one may block for ever. Safe to call from any thread.
std::unique_ptr<file_system> make_system_files();

/// Lets this process open as many files as the system allows it at all: a database of state holds hundreds,
/// and shells begin programs with room for a thousand. Returns how many that is.
std::uint64_t allow_many_open_files();

} // namespace weir
