#include "word_oracle.hpp"

#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace weir::testing;

TEST_CASE("a word is a run of ASCII letters, digits and underscores in lower case") {
  CHECK(count_words("It's it; A_1 a_1\xc3\xa9z") == word_counts{{"it", 2}, {"s", 1}, {"a_1", 2}, {"z", 1}});
  CHECK(count_words("").empty());
}

TEST_CASE("the plain loop and coreutils count alike") {
  temporary_folder folder;
  std::string first = invented_text(100'000, 500, 1), second = invented_text(1'000, 2'000, 2) + "\n";
  auto counts = count_words_with_coreutils({folder.write("a", first), folder.write("b", second)});
  CHECK(counts.size() > 500);
  CHECK(counts == count_words(first + "\n" + second));
}

TEST_CASE("a part file that was left unfinished is an error") {
  temporary_folder folder;
  folder.write("part-0-0", "a\t1\n");
  folder.write(".part-1-0", "b\t1\n");
  CHECK_THROWS_AS(read_word_counts(folder.path()), std::runtime_error);
}

TEST_CASE("a word that stands in two part files is an error") {
  temporary_folder folder;
  folder.write("part-0-0", "a\t1\nb\t2\n");
  folder.write("part-1-0", "c\t30\n");
  CHECK(read_word_counts(folder.path()) == word_counts{{"a", 1}, {"b", 2}, {"c", 30}});
  folder.write("part-1-1", "b\t1\n");
  CHECK_THROWS_WITH(read_word_counts(folder.path()), "twice in the output: 'b'");
}
