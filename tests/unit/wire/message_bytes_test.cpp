#include "wire/message_bytes.hpp"

#include <doctest/doctest.h>

using weir::wire::untrusted_parts;

TEST_CASE("texts may need as much memory as a message of that size can, and not more") {
  untrusted_parts parts{100};
  CHECK(parts.text(std::string(400, 'x').c_str()) == std::string(400, 'x'));
  CHECK(parts.text(std::string(400, 'y').c_str()) == std::string(400, 'y'));
  CHECK(parts.reason().empty());
  CHECK(parts.text("z").empty());
  CHECK_FALSE(parts.reason().empty());
}

TEST_CASE("a list is refused before memory for its elements is taken") {
  struct endless_list {
    unsigned size() const { return 1 << 29; }
    int operator[](unsigned) const { return 0; }
    const int* begin() const { return nullptr; }
    const int* end() const { return nullptr; }
  };
  untrusted_parts parts{1000};
  CHECK(parts.list(endless_list{}, [](int) { return std::string{}; }).empty());
  CHECK_FALSE(parts.reason().empty());
}

TEST_CASE("an enumeration is a value that exists, or the message is refused") {
  enum class colour { red, green };
  untrusted_parts parts{100};
  CHECK(parts.enumeration(1, colour::green, "colour") == colour::green);
  CHECK(parts.reason().empty());
  parts.enumeration(2, colour::green, "colour");
  parts.enumeration(3, colour::green, "colour");
  CHECK(parts.reason() == "there is no colour 2"); // the first one counts
}
