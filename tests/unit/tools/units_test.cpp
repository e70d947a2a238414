#include "units.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <limits>

using namespace weir::tools;

TEST_CASE("bytes are shown in the unit that keeps the number short") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1024) == "1 KiB");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(102'348) == "99.9 KiB");
  CHECK(bytes_text(102'400) == "100 KiB");
  CHECK(bytes_text(1024 * 1024 - 1) == "1 MiB");
  CHECK(bytes_text(64ull << 20) == "64 MiB");
  CHECK(bytes_text(8'237'219'840) == "7.7 GiB");
  CHECK(bytes_text(std::numeric_limits<std::uint64_t>::max()) == "16 EiB");
}

TEST_CASE("a duration is shown in the two units that matter") {
  CHECK(duration_text(-1) == "-");
  CHECK(duration_text(0) == "0 ms");
  CHECK(duration_text(999) == "999 ms");
  CHECK(duration_text(1'000) == "1 s");
  CHECK(duration_text(12'340) == "12.3 s");
  CHECK(duration_text(59'949) == "59.9 s");
  CHECK(duration_text(59'950) == "1 min");
  CHECK(duration_text(200'000) == "3 min 20 s");
  CHECK(duration_text(3'599'600) == "1 h");
  CHECK(duration_text(7'500'000) == "2 h 5 min");
  CHECK(duration_text(86'399'000) == "1 d");
  CHECK(duration_text(360'000'000) == "4 d 4 h");
}

TEST_CASE("a count has a comma every three digits") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1'000) == "1,000");
  CHECK(count_text(1'234'567) == "1,234,567");
  CHECK(count_text(100'000) == "100,000");
}

TEST_CASE("a noun is counted in the singular for one only") {
  CHECK(counted(0, "worker") == "0 workers");
  CHECK(counted(1, "worker") == "1 worker");
  CHECK(counted(2'000, "worker") == "2,000 workers");
}

TEST_CASE("a time is shown in the local zone, and a dash stands for none") {
  ::setenv("TZ", "UTC-2", 1);
  ::tzset();
  CHECK(time_text(1'700'000'000'999) == "2023-11-15 00:13:20");
  ::unsetenv("TZ");
  ::tzset();
  CHECK(time_text(0) == "-");
  CHECK(time_text(-1) == "-");
  CHECK(time_text(std::numeric_limits<std::int64_t>::max()) != "");
}

TEST_CASE("a share is shown in whole percents, and a dash stands for a share of nothing") {
  CHECK(percent_text(1, 3) == "33 %");
  CHECK(percent_text(2, 3) == "67 %");
  CHECK(percent_text(5, 5) == "100 %");
  CHECK(percent_text(0, 0) == "-");
}
