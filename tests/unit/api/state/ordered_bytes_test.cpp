#include "../random_values.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/ordered_bytes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace weir::detail;

namespace {

enum class colour : std::int16_t { red, green };

struct place {
  std::string town;
  std::int32_t street;
  auto operator<=>(const place&) const = default;
};

template <class T>
std::string ordered(const T& key) {
  std::string bytes;
  append_ordered(bytes, key);
  return bytes;
}

/// Keys sort as their bytes do, come back from them, and end where the next one begins.
template <class T>
void check_order(std::uint64_t seed, std::vector<T> keys = {}) {
  CAPTURE(seed);
  random_values values{seed};
  for (int i = 0; i < 60; ++i)
    keys.push_back(values.value<T>());
  arena bytes;
  for (const T& a : keys) {
    std::string encoded = ordered(a);
    for (const T& b : keys) {
      std::string other = ordered(b);
      REQUIRE((a < b) == (encoded < other));
      REQUIRE((a == b) == (encoded == other));
      std::string both = encoded + other;
      byte_reader from{both.data(), both.data() + both.size(), &bytes};
      T first{}, second{};
      REQUIRE(read_ordered(from, first));
      REQUIRE(read_ordered(from, second));
      REQUIRE(first == a);
      REQUIRE(second == b);
      REQUIRE(from.left() == 0);
    }
    for (std::size_t size = 0; size < encoded.size(); ++size) {
      std::string cut = encoded.substr(0, size);
      byte_reader from{cut.data(), cut.data() + size, &bytes};
      T half{};
      REQUIRE_FALSE(read_ordered(from, half));
      REQUIRE(from.fault != nullptr);
    }
  }
}

} // namespace

TEST_CASE("keys of all kinds sort as their bytes do, and can be read back from them") {
  std::uint64_t seed = std::random_device{}();
  check_order<std::uint64_t>(seed, {0, 1, 255, 256, ~0ull});
  check_order<std::int64_t>(seed, {0, -1, 1, INT64_MIN, INT64_MAX});
  check_order<std::int8_t>(seed, {0, -1, 1, -128, 127});
  check_order<std::uint16_t>(seed);
  check_order<char>(seed);
  check_order<bool>(seed);
  check_order<double>(seed, {0, -1.5, 1.5, -1e300, 1e-300});
  check_order<float>(seed, {0, -1.5f, 1.5f});
  check_order<colour>(seed);
  check_order<std::string>(seed, {"", std::string(1, '\0'), std::string(2, '\0'), "a", std::string("a\0", 2),
                                  "a\x01", "a\xff", "b"});
  check_order<weir::text>(seed);
  check_order<place>(seed);
  check_order<std::tuple<std::string, std::int32_t, bool>>(seed);
  check_order<std::pair<std::int32_t, std::string>>(seed);
  check_order<std::optional<std::string>>(seed);
  check_order<std::vector<std::string>>(seed);
  check_order<std::vector<std::int16_t>>(seed);
  check_order<std::array<std::int16_t, 2>>(seed);
  check_order<std::map<std::string, std::int32_t>>(seed);
  check_order<std::set<std::string>>(seed);
}

TEST_CASE("keys have the bytes that stored files have") {
  CHECK(ordered(std::uint32_t{1}) == std::string("\0\0\0\1", 4));
  CHECK(ordered(std::int32_t{-1}) == "\x7f\xff\xff\xff");
  CHECK(ordered(1.0) == std::string("\xbf\xf0\0\0\0\0\0\0", 8));
  CHECK(ordered(std::string("a\0b", 3)) == std::string("a\0\xff"
                                                       "b\0\1",
                                                       6));
  CHECK(ordered(weir::text{"ab"}) == std::string("ab\0\1", 4));
  CHECK(ordered(std::vector<bool>{true}) == std::string("\1\1\0", 3));
  CHECK(ordered(place{"x", 2}) == std::string("x\0\1\x80\0\0\2", 7));
  CHECK(ordered(-0.0) == ordered(0.0));
}

TEST_CASE("the end of a prefix sorts behind all that begins with it") {
  CHECK(behind_prefix("ab") == "ac");
  CHECK(behind_prefix("a\xff") == "b");
  CHECK(behind_prefix("\xff\xff").empty());
}
