#include "test_cluster.hpp"
#include "word_oracle.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace weir::testing;

namespace {

/// Text that tries what readers get wrong: folders in folders, files that are empty, end without a line end,
/// or have one line longer than any block, and a hidden file that does not count.
class tricky_input {
public:
  tricky_input() {
    add("a.txt", invented_text(2'000'000, 5'000, 1));
    add("below/b.txt", invented_text(500'000, 30'000, 2) + "last word without end");
    add("below/deeper/empty.txt", "");
    add("one_line.txt", std::string(300'000, ' ') + "lonely" + std::string(300'000, '-') + "word");
    add("only_line_ends.txt", "\n\r\n\n\n");
    folder_.write("in/.hidden", "hidden");
  }

  [[nodiscard]] std::string path() const { return folder_ / "in"; }
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  [[nodiscard]] const std::string& text() const { return text_; }

private:
  void add(const std::string& name, const std::string& text) {
    files_.push_back(folder_.write("in/" + name, text));
    text_ += text + "\n";
  }

  temporary_folder folder_;
  std::vector<std::string> files_;
  std::string text_;
};

} // namespace

TEST_CASE("the cluster counts words as a plain loop and coreutils do, at any parallelism") {
  tricky_input input;
  word_counts expected = count_words(input.text());
  REQUIRE(count_words_with_coreutils(input.files()) == expected);

  test_cluster cluster{{.workers = 2, .slots = 2}};
  for (const char* parallelism : {"1", "2", "4"}) {
    INFO("parallelism ", parallelism);
    temporary_folder output;
    outcome done = cluster.run({"-p", parallelism}, built_example("word_count"),
                               {"--input=" + input.path(), "--output=" + output / "counts"});
    REQUIRE_MESSAGE(done.succeeded(), done.text());
    CHECK(done.output.find("has finished.") != std::string::npos);
    CHECK(read_word_counts(output / "counts") == expected);
  }
  CHECK(cluster.slots_free() == 4);
}

TEST_CASE("a run in one process counts words as the cluster does") {
  tricky_input input;
  for (const char* parallelism : {"1", "3"}) {
    INFO("parallelism ", parallelism);
    temporary_folder output;
    outcome done = weir::testing::weir({"run", "--local", "-p", parallelism, built_example("word_count"),
                                        "--input=" + input.path(), "--output=" + output / "counts"});
    REQUIRE_MESSAGE(done.succeeded(), done.text());
    CHECK(read_word_counts(output / "counts") == count_words(input.text()));
  }
}

TEST_CASE("lines that are not UTF-8 pass as bytes") {
  temporary_folder folder;
  std::string lines = "caf\xe9\n\xff\xfe\x80\n\xc3\x28 ok\n";
  folder.write("in/latin1.txt", lines);
  outcome done =
      weir::testing::weir({"run", "--local", "-p", "1", "-c", "copy_lines", built_test_job("test_jobs"),
                           "--input=" + folder / "in", "--output=" + folder / "out"});
  REQUIRE_MESSAGE(done.succeeded(), done.text());
  std::string written;
  for (const auto& part : std::filesystem::directory_iterator{folder / "out"})
    written += read_file(part.path());
  CHECK(written == lines);
}
