#include <weir/text.hpp>

#include <doctest/doctest.h>

#include <random>
#include <sstream>
#include <string>
#include <sys/mman.h>
#include <unordered_set>
#include <vector>

using weir::text;

namespace {

std::string bytes_of(std::size_t size, unsigned seed) {
  std::mt19937 random{seed};
  std::string bytes(size, '\0');
  for (char& c : bytes)
    c = static_cast<char>(random());
  return bytes;
}

} // namespace

TEST_CASE("a text holds the bytes it was made of, whatever their number") {
  for (std::size_t size = 0; size < 70; ++size) {
    std::string bytes = bytes_of(size, 7);
    text value = bytes;
    CHECK(value.size() == size);
    CHECK(value.empty() == (size == 0));
    CHECK(value.view() == bytes);
    CHECK(value.str() == bytes);
    CHECK(std::string(value.begin(), value.end()) == bytes);
  }
}

TEST_CASE("making a text reads no byte behind its source") {
  // The source ends where an unreadable page begins.
  constexpr std::size_t page = 4096;
  auto* memory =
      static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  REQUIRE(memory != MAP_FAILED);
  REQUIRE(mprotect(memory + page, page, PROT_NONE) == 0);
  for (std::size_t size = 0; size <= 40; ++size) {
    std::string bytes = bytes_of(size, 3);
    char* source = memory + page - size;
    bytes.copy(source, size);
    text value = std::string_view{source, size};
    CHECK(value == bytes);
    CHECK(value.hash() == text{bytes}.hash());
  }
  munmap(memory, 2 * page);
}

TEST_CASE("a short text is independent of its source, a long one points to it") {
  std::string small = "twelve bytes", large = "thirteen byte";
  text copy = small, reference = large;
  small[0] = large[0] = '#';
  CHECK(copy == "twelve bytes");
  CHECK(reference == large);
  CHECK(reference.data() == large.data());
}

TEST_CASE("texts compare like the strings they hold") {
  std::mt19937 random{11};
  std::vector<std::string> strings;
  for (int i = 0; i < 150; ++i) {
    // Few different bytes, so that many are equal or prefixes of others; with bytes above 127.
    std::string bytes(random() % 18, 'a');
    for (char& c : bytes)
      c = random() % 4 != 0 ? 'a' : static_cast<char>(0xc3);
    strings.push_back(bytes);
  }
  for (const std::string& a : strings)
    for (const std::string& b : strings) {
      std::string other_place = b;
      CHECK((text{a} == text{other_place}) == (a == b));
      CHECK((text{a} <=> text{other_place}) == (a <=> b));
      CHECK((text{a} == b) == (a == b));
      CHECK((text{a} < std::string_view{b}) == (a < b));
    }
}

TEST_CASE("texts are keys of the standard containers") {
  std::unordered_set<text> seen;
  for (const char* word : {"to", "be", "or", "not", "to", "be", "a word of more than twelve bytes"})
    seen.insert(word);
  CHECK(seen.size() == 5);
  CHECK(seen.contains("a word of more than twelve bytes"));
}

TEST_CASE("a text is written to streams as its bytes") {
  std::ostringstream out;
  out << text{"short"} << ' ' << text{"longer than twelve"};
  CHECK(out.str() == "short longer than twelve");
}

static_assert(!std::is_constructible_v<text, std::string>, "a temporary would be gone");
static_assert(std::is_convertible_v<text, std::string_view> && std::is_convertible_v<std::string_view, text>);
