#include <weir/words.hpp>

#include <doctest/doctest.h>

#include <cctype>
#include <random>
#include <string>
#include <vector>

namespace {

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  weir::for_each_word(line, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

/// The definition, letter by letter.
std::vector<std::string> naive_words_of(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  for (unsigned char c : line) {
    bool letter = c < 128 && (std::isalnum(c) || c == '_');
    if (letter && !inside)
      words.emplace_back();
    if (letter)
      words.back().push_back(static_cast<char>(std::tolower(c)));
    inside = letter;
  }
  return words;
}

} // namespace

TEST_CASE("a word is a maximal run of letters, digits and underscores in lower case") {
  CHECK(words_of("The GNU_GPL, v3: it's \"free\".") ==
        std::vector<std::string>{"the", "gnu_gpl", "v3", "it", "s", "free"});
  CHECK(words_of("").empty());
  CHECK(words_of(" ,. ").empty());
  CHECK(words_of("end") == std::vector<std::string>{"end"});
}

TEST_CASE("bytes beyond ASCII part words") {
  CHECK(words_of("caf\xc3\xa9 \xff"
                 "x") == std::vector<std::string>{"caf", "x"});
}

TEST_CASE("a word may be longer than the buffer") {
  for (std::size_t size : {255, 256, 257, 511, 512, 513, 5000}) {
    std::string word(size, 'a');
    CHECK(words_of(word) == std::vector{word});
    CHECK(words_of("b " + word + " c") == std::vector<std::string>{"b", word, "c"});
  }
}

TEST_CASE("any bytes give the words of the definition") {
  std::mt19937_64 random{20};
  for (int round = 0; round < 2000; ++round) {
    std::string line(random() % 700, ' ');
    auto alphabet = 1 + random() % 256;
    for (char& c : line)
      c = static_cast<char>('0' + random() % alphabet);
    REQUIRE(words_of(line) == naive_words_of(line));
  }
}
