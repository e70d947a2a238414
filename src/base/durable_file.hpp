#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"

#include <span>
#include <string>

namespace weir {

/// Creates a file with these bytes, as file_system::create does. After success they survive a power cut; the
/// name does once the folder was synced. After a failure there may be a part of the file.
result<void> write_durable_file(file_system& files, const std::string& path, std::span<const char> bytes,
                                bool exclusive = false);

} // namespace weir
