#include "completion.hpp"

#include "example_cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace weir;
using namespace weir::tools::shell;
using namespace weir::testing;

namespace {

known_words some_words(argument_kind kind) {
  if (kind == argument_kind::job)
    return {{"word_count", "word_sum", "top words"}, {"aa11", "bb22"}};
  return {{"lines (1/2)", "lines (2/2)", "10.0.0.1:5001-aa", "\xc3\xa4\xc3\xb6", "\xc3\xa4\xc3\xbc"},
          {"v0/s0"}};
}

/// The line after the key for completion, with the cursor at its end.
std::string completed(const std::string& line) {
  completion made = complete(line, some_words);
  if (made.inserted.empty())
    return line;
  return line.substr(0, line.size() - made.replaced) + made.inserted;
}

std::vector<std::string> candidates(const std::string& line) {
  return complete(line, some_words).candidates;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

} // namespace

TEST_CASE("the name of a command is completed, also behind a semicolon") {
  CHECK(completed("no") == "nodes ");
  CHECK(completed("jobs; ins") == "jobs; inspect ");
  CHECK(completed("jobs;ins") == "jobs;inspect ");
  CHECK(completed("w") == "w");
  CHECK(candidates("w") == std::vector<std::string>{"watch", "why"});
  CHECK(completed("xyz") == "xyz");
  CHECK(candidates("").size() > 5);
}

TEST_CASE("the name of a job is completed as far as all that it can be agree") {
  CHECK(completed("why w") == "why word_");
  CHECK(candidates("why word_") == std::vector<std::string>{"word_count", "word_sum"});
  CHECK(completed("why word_c") == "why word_count ");
}

TEST_CASE("an id is completed once it is begun, and not offered before") {
  CHECK(completed("tasks b") == "tasks bb22 ");
  CHECK_FALSE(has(candidates("tasks "), "aa11"));
}

TEST_CASE("a word with blanks is completed in quotes, which stay open until it is whole") {
  CHECK(completed("why t") == "why \"top words\" ");
  CHECK(completed("why \"t") == "why \"top words\" ");
  CHECK(completed("why 'top w") == "why \"top words\" ");
  CHECK(completed("inspect li") == "inspect \"lines (");
  CHECK(completed("inspect \"lines (") == "inspect \"lines (");
  CHECK(completed("inspect \"lines (1") == "inspect \"lines (1/2)\" ");
  CHECK(completed("inspect lines (2") == "inspect \"lines (2/2)\" ");
}

TEST_CASE("a completion ends between two characters") {
  CHECK(completed("inspect \xc3\xa4") == "inspect \xc3\xa4");
  CHECK(candidates("inspect \xc3\xa4").size() == 2);
}

TEST_CASE("what a watch repeats is completed as if it stood alone, but only questions are offered") {
  CHECK(completed("watch jo") == "watch jobs ");
  CHECK(completed("watch -n 0.5 jo") == "watch -n 0.5 jobs ");
  CHECK(completed("watch -n2 why t") == "watch -n2 why \"top words\" ");
  CHECK(completed("watch exi") == "watch exi");
  CHECK(completed("watch -n ") == "watch -n ");
  CHECK(completed("wat") == "watch ");
}

TEST_CASE("an argument that a command does not take is left alone") {
  CHECK(completed("jobs w") == "jobs w");
  CHECK(completed("why word_sum w") == "why word_sum w");
  CHECK(completed("nothing w") == "nothing w");
  CHECK(completed("help ins") == "help inspect ");
}

TEST_CASE_FIXTURE(example_cluster,
                  "the words of a cluster are the names of its jobs, tasks, workers and slots") {
  known_words words = words_of_cluster(*this, argument_kind::actor);
  for (const char* word : {"word count", "count -> write (2/2)", "10.0.0.1:5001-aaaaaa",
                           "10.0.0.1:5001-aaaaaa/1", "dispatcher", "resource-manager"})
    CHECK_MESSAGE(has(words.offered, word), word);
  CHECK(has(words.others, example_id_text));
  CHECK(has(words.others, "v1/s1"));
  CHECK(words_of_cluster(*this, argument_kind::job).offered == std::vector<std::string>{"word count"});
}

TEST_CASE_FIXTURE(example_cluster, "a job whose name would not find it is offered by its id") {
  add_job({{2, 2}}, "word count", job_state::running, started_wall_ms);
  auto words = words_of_cluster(*this, argument_kind::job).offered;
  CHECK(words.size() == 2);
  CHECK(has(words, example_id_text));
}

TEST_CASE_FIXTURE(example_cluster, "a master that does not answer has no words") {
  rest.cluster.failure = error{errc::unavailable, "gone"};
  CHECK(words_of_cluster(*this, argument_kind::actor).offered.empty());
}
