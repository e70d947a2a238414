#include "wire/sealed_bytes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;

namespace {

constexpr sealed_format letters{"weir-abc", 3, "letter"};

std::string refusal(const std::vector<char>& bytes) {
  auto message = unseal(letters, bytes, "a/b");
  REQUIRE_FALSE(message);
  CHECK(message.failure().code() == errc::corrupt);
  CHECK(message.failure().message().starts_with("the letter a/b is damaged at byte "));
  return message.failure().message();
}

} // namespace

TEST_CASE("what was sealed is what comes out") {
  for (std::string text : {"", "x", "a message of some length"}) {
    auto bytes = seal(letters, text);
    CHECK(bytes.size() == sealed_prefix_size + text.size() + sealed_checksum_size);
    auto message = unseal(letters, bytes, "a/b");
    REQUIRE(message);
    CHECK(std::string{message->begin(), message->end()} == text);
  }
}

TEST_CASE("each flipped bit and each wrong end of a sealed file is found") {
  auto good = seal(letters, std::string{"a message"});
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    CAPTURE(bit);
    auto bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    refusal(bad);
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    refusal({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
  auto longer = good;
  longer.push_back('x');
  CHECK(refusal(longer) == "the letter a/b is damaged at byte 33: bytes follow its end");
}

TEST_CASE("a sealed file of another kind or version says so") {
  CHECK(refusal(seal({"weir-xyz", 3, "other"}, std::string{"a"})) ==
        "the letter a/b is damaged at byte 0: it does not begin as letter");
  CHECK(refusal(seal({"weir-abc", 4, "letter"}, std::string{"a"})) ==
        "the letter a/b is damaged at byte 8: it has version 4, and only 3 can be read");
}
