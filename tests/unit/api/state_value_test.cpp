#include <weir/detail/state_value.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::detail;

namespace {

struct user_1 {
  std::string name;
  std::int64_t visits = 0;
};
struct user_2 {
  std::string name;
  std::int64_t visits = 0;
  std::optional<std::string> mail;
  std::vector<int> sizes;
  double weight = 1.5;
};

struct point_1 {
  std::int64_t x = 0;
};
struct point_2 {
  std::int64_t x = 0;
  std::int64_t y = 7;
};
struct nested_1 {
  std::int64_t id = 0;
  point_1 at;
};
struct nested_2 {
  std::int64_t id = 0;
  point_2 at;
  std::string label = "none";
};

struct named_1 {
  weir::text name;
};
struct named_2 {
  weir::text name;
  weir::text group{"all"};
};

template <class T>
std::string bytes_of(const T& value) {
  raw_bytes column;
  append_state_value(column, value);
  column_reader reader{column};
  std::string_view bytes;
  REQUIRE(reader.next(bytes));
  REQUIRE_FALSE(reader.next(bytes));
  REQUIRE(reader.at_end());
  return std::string{bytes};
}

} // namespace

TEST_CASE("values of any size come back from a column") {
  raw_bytes column;
  std::vector<std::string> values;
  for (std::size_t size : {0, 1, 100, 126, 127, 128, 200, 16'382, 16'384, 100'000})
    values.emplace_back(size, 'x');
  for (const std::string& value : values) {
    append_state_value(column, value);
    append_to_column(column, value);
    append_state_value(column, std::uint64_t{value.size()});
  }
  column_reader reader{column};
  for (const std::string& value : values) {
    std::string_view bytes;
    std::string back = "something that was there";
    std::uint64_t size = 0;
    REQUIRE(reader.next(bytes));
    CHECK(read_state_value(bytes, back) == nullptr);
    CHECK(back == value);
    REQUIRE(reader.next(bytes));
    CHECK(bytes == value);
    REQUIRE(reader.next(bytes));
    CHECK(read_state_value(bytes, size) == nullptr);
    CHECK(size == value.size());
  }
  CHECK(reader.at_end());
}

TEST_CASE("a column that is cut or lies is no sequence of entries") {
  std::string_view bytes;
  for (std::string_view bad : {"\x05"
                               "abc",
                               "\xff", "\xff\xff\xff\xff\xff\xff", "\x80\x80\x80\x80\x08"}) {
    column_reader reader{bad};
    CHECK_FALSE(reader.next(bytes));
    CHECK_FALSE(reader.next(bytes));
    CHECK_FALSE(reader.at_end());
  }
}

TEST_CASE("fields that a struct has got since have their defaults") {
  user_2 user{"somebody", 1, "mail", {1, 2}, 9};
  CHECK(read_state_value(bytes_of(user_1{"ann", 3}), user) == nullptr);
  CHECK(user.name == "ann");
  CHECK(user.visits == 3);
  CHECK_FALSE(user.mail);
  CHECK(user.sizes.empty());
  CHECK(user.weight == 1.5);

  point_2 point{1, 1};
  CHECK(read_state_value(bytes_of(point_1{4}), point) == nullptr);
  CHECK(point.x == 4);
  CHECK(point.y == 7);
}

TEST_CASE("fields of the last field have their defaults too") {
  nested_2 nested{1, {2, 3}, "label"};
  CHECK(read_state_value(bytes_of(nested_1{8, {9}}), nested) == nullptr);
  CHECK(nested.id == 8);
  CHECK(nested.at.x == 9);
  CHECK(nested.at.y == 7);
  CHECK(nested.label == "none");
}

TEST_CASE("long texts of a value that has grown are kept") {
  arena texts;
  named_2 named{"before", "before"};
  std::string name = "a name that is longer than twelve bytes";
  std::string bytes = bytes_of(named_1{name});
  CHECK(read_state_value(bytes, named, texts) == nullptr);
  bytes.assign(bytes.size(), '?');
  CHECK(named.name.view() == name);
  CHECK(named.group.view() == "all");
}

TEST_CASE("bytes that end within a field, or go on behind the last, are refused") {
  std::string bytes = bytes_of(user_2{"ann", 3, "mail", {1, 2}, 9});
  user_2 user;
  CHECK(read_state_value(bytes, user) == nullptr);
  CHECK(read_state_value(bytes + 'x', user) == std::string_view{"bytes follow its end"});
  int whole = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    whole += read_state_value(std::string_view{bytes}.substr(0, size), user) == nullptr;
  CHECK(whole == 4); // behind each field but the last
  std::int64_t number = 0;
  CHECK(read_state_value("1234567", number) != nullptr);
}
