#pragma once

#include <cstdint>
#include <string>

/// Numbers as people read them.
namespace weir::tools {

/// "312 B", "1.5 KiB", "24 MiB".
std::string bytes_text(std::uint64_t bytes);

/// "250 ms", "12.3 s", "3 min 20 s", "2 h 5 min", "3 d 4 h"; "-" for a negative one, which stands for "not
/// yet".
std::string duration_text(std::int64_t milliseconds);

/// "1,234,567".
std::string count_text(std::uint64_t count);

/// "3 workers", "1 worker".
std::string counted(std::uint64_t count, const std::string& noun);

/// Local date and time of milliseconds since 1970; "-" for zero and less, which stand for "not yet".
std::string time_text(std::int64_t wall_ms);

/// "37 %"; "-" when there is no whole.
std::string percent_text(std::uint64_t part, std::uint64_t whole);

} // namespace weir::tools
