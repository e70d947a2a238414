#include "base/option.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;

namespace {

const option<bool> flag{"flag", false, "?"};
const option<std::int64_t> number{"number", 1, "?", {0, 100}};
const option<double> ratio{"ratio", 0.5, "?", {0.0, 1.0}};
const option<std::string> word{"word", "a", "?"};
const option<std::string> choice{"choice", "a", "?", {{"a", "b"}}};
const option<duration> wait{"wait", 1s, "?", {-1ms, {}}};
const option<memory_size> size{"size", {1024}, "?", {memory_size{1}, {}}};

} // namespace

TEST_CASE("a duration is a number with a unit, or of milliseconds") {
  CHECK(read_value(wait, "10 s") == 10s);
  CHECK(read_value(wait, "10s") == 10s);
  CHECK(read_value(wait, "  5 min ") == 5min);
  CHECK(read_value(wait, "200 ms") == 200ms);
  CHECK(read_value(wait, "2 h") == 2h);
  CHECK(read_value(wait, "7 d") == 7 * 24h);
  CHECK(read_value(wait, "3 MINUTES") == 3min);
  CHECK(read_value(wait, "1500") == 1500ms);
  CHECK(read_value(wait, "0") == 0ms);
  CHECK(read_value(wait, "-1") == -1ms);
}

TEST_CASE("a duration of another form, outside the limits or beyond a century is refused") {
  for (const char* text :
       {"", " ", "s", "10 x", "1.5 s", "1 s 2", "ten", "-2", "-1 s", "1-0", "0x10", "36526 d",
        "9223372036854775807", "9223372036854775807 d", "99999999999999999999", "- 1", "+1"}) {
    CAPTURE(std::string{text});
    CHECK(read_value(wait, text) == std::nullopt);
  }
}

TEST_CASE("a size is a number with a unit of 1024, or of bytes") {
  CHECK(read_value(size, "128 mb") == memory_size{128ull << 20});
  CHECK(read_value(size, "20kb") == memory_size{20ull << 10});
  CHECK(read_value(size, "1 GB") == memory_size{1ull << 30});
  CHECK(read_value(size, "1 t") == memory_size{1ull << 40});
  CHECK(read_value(size, "77") == memory_size{77});
  CHECK(read_value(size, "77 bytes") == memory_size{77});
}

TEST_CASE("a size of another form or outside the limits is refused") {
  for (const char* text :
       {"", "mb", "1.5 gb", "-1", "0", "1 ms", "9223372036854775807 kb", "18446744073709551615"}) {
    CAPTURE(std::string{text});
    CHECK(read_value(size, text) == std::nullopt);
  }
}

TEST_CASE("numbers, flags and choices are read whole and within their limits") {
  CHECK(read_value(number, " 100 ") == 100);
  CHECK(read_value(number, "101") == std::nullopt);
  CHECK(read_value(number, "-1") == std::nullopt);
  CHECK(read_value(number, "7 apples") == std::nullopt);
  CHECK(read_value(number, "7.0") == std::nullopt);
  CHECK(read_value(ratio, "0.25") == 0.25);
  CHECK(read_value(ratio, "nan") == std::nullopt);
  CHECK(read_value(ratio, "1.01") == std::nullopt);
  CHECK(read_value(flag, "True") == true);
  CHECK(read_value(flag, "false") == false);
  CHECK(read_value(flag, "yes") == std::nullopt);
  CHECK(read_value(word, " kept as it is ") == " kept as it is ");
  CHECK(read_value(choice, "b") == "b");
  CHECK(read_value(choice, "c") == std::nullopt);
}

TEST_CASE("the expected form names the limits") {
  CHECK(expected_form(number) == "a whole number from 0 to 100");
  CHECK(expected_form(wait) == "a time such as \"10 s\", \"5 min\" or \"200 ms\" of at least -1 ms");
  CHECK(expected_form(choice) == "one of a, b");
  CHECK(expected_form(flag) == "true or false");
}

TEST_CASE("what is written for a value reads back as that value") {
  for (std::int64_t ms : {-1, 0, 1, 999, 1000, 1500, 60'000, 90'000, 3'600'000, 86'400'000, 86'400'001}) {
    CAPTURE(ms);
    CHECK(read_value(wait, to_text(duration{ms})) == duration{ms});
  }
  for (std::uint64_t bytes : {1ull, 1023ull, 1024ull, 1025ull, 1ull << 20, 3ull << 29, 1ull << 40}) {
    CAPTURE(bytes);
    CHECK(read_value(size, to_text(memory_size{bytes})) == memory_size{bytes});
  }
  for (double value : {0.0, 0.1, 1.0 / 3})
    CHECK(read_value(ratio, to_text(value)) == value);
  CHECK(to_text(duration{10s}) == "10 s");
  CHECK(to_text(duration{90s}) == "90 s");
  CHECK(to_text(memory_size{128ull << 20}) == "128 mb");
}
