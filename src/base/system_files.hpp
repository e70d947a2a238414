#pragma once

#include "base/platform.hpp"

#include <memory>

namespace weir {

/// The files of the operating system. Regular files and folders only: a pipe or a device is refused, since
/// opening one may block for ever. Safe to call from any thread.
std::unique_ptr<file_system> make_system_files();

} // namespace weir
