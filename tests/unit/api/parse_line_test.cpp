#include <weir/detail/text_form.hpp>
#include <weir/parse_line.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <tuple>

namespace {

enum class kind : std::uint8_t { small, large };
enum class letter : char { a = 'a' };

struct row {
  std::int64_t number = 0;
  std::string name;
  double share = 0;
  bool known = false;
  char mark = ' ';
  kind of = kind::small;
  letter by = letter::a;
  bool operator==(const row&) const = default;
};

template <class T>
std::string written(const T& record) {
  std::string line;
  weir::detail::format_record(line, record);
  return line;
}

/// What is said about a line that is refused.
template <class T>
std::string refusal(std::string_view line) {
  try {
    (void)weir::parse_line<T>(line);
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return "nothing";
}

} // namespace

TEST_CASE("a record is read from the line it was written as") {
  std::mt19937_64 random{1};
  for (int i = 0; i < 1000; ++i) {
    row one{static_cast<std::int64_t>(random()),
            std::string(random() % 20, 'x') + " y",
            static_cast<double>(random()) / static_cast<double>(1 + random() % 1000),
            random() % 2 == 0,
            static_cast<char>('!' + random() % 90),
            random() % 2 == 0 ? kind::small : kind::large,
            letter::a};
    REQUIRE(weir::parse_line<row>(written(one)) == one);
  }
  CHECK(weir::parse_line<std::tuple<std::int8_t, std::uint64_t>>("-128\t18446744073709551615") ==
        std::tuple{std::int8_t{-128}, std::numeric_limits<std::uint64_t>::max()});
  CHECK(weir::parse_line<std::string>("tabs\tare part of a string") == "tabs\tare part of a string");
  CHECK(weir::parse_line<int>("7") == 7);
}

TEST_CASE("empty fields are empty strings") {
  using pair = std::pair<std::string, std::string>;
  CHECK(weir::parse_line<pair>("\t") == pair{});
  CHECK(weir::parse_line<pair>("a\t") == pair{"a", ""});
}

TEST_CASE("texts are read as strings are") {
  auto [word, count] = weir::parse_line<std::tuple<weir::text, int>>("a word of some length\t3");
  CHECK(word == "a word of some length");
  CHECK(count == 3);
}

TEST_CASE("a line of another form is refused with what is wrong with it") {
  using pair = std::pair<std::int64_t, bool>;
  CHECK(refusal<pair>("1") == "a line has 1 fields instead of 2: '1'");
  CHECK(refusal<pair>("1\ttrue\t2") == "a line has 3 fields instead of 2: '1\ttrue\t2'");
  CHECK(refusal<pair>("\ttrue") == "field 1 of a line is no i64: '\ttrue'");
  CHECK(refusal<pair>("1x\ttrue") == "field 1 of a line is no i64: '1x\ttrue'");
  CHECK(refusal<pair>("1\tyes") == "field 2 of a line is no bool: '1\tyes'");
  CHECK(refusal<std::int8_t>("128") == "a line is no i8: '128'");
  CHECK(refusal<char>("ab") == "a line is no char: 'ab'");
  CHECK(refusal<int>(std::string(300, '-')) == "a line is no i32: '" + std::string(200, '-') + "…'");
}
