#pragma once

#include "../bench_case.hpp"

#include <cstdint>

namespace bench::limits {

/// A child process makes records, hash-partitions them to `channels` buffers and writes full buffers to one
/// TCP connection on loopback; this process reads them and adds up their checksums. Amount in megabytes (10^6
/// bytes).
run exchange(std::uint64_t records, unsigned channels);

} // namespace bench::limits
