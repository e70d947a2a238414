#include "command_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir::tools;

namespace {

/// Options as `weir run` has them: -p, -D and --config take a value, -d and --local do not.
std::string job_of(const std::vector<std::string>& words) {
  std::size_t found = find_positional(words, 0, [](std::string_view option) {
    return option == "-p" || option == "-D" || option == "--config";
  });
  return found < words.size() ? words[found] : "none";
}

} // namespace

TEST_CASE("the job is the first word that is neither an option nor the value of one") {
  CHECK(job_of({"job.so"}) == "job.so");
  CHECK(job_of({"-d", "job.so", "--input=x"}) == "job.so");
  CHECK(job_of({"-p", "2", "job.so", "-p", "3"}) == "job.so");
  CHECK(job_of({"-p2", "job.so"}) == "job.so");
  CHECK(job_of({"-p", "-1", "job.so"}) == "job.so");
  CHECK(job_of({"--config", "file", "job.so"}) == "job.so");
  CHECK(job_of({"--config=file", "job.so"}) == "job.so");
  CHECK(job_of({"--local", "job.so"}) == "job.so");
  CHECK(job_of({"-D", "a=b", "-Dc=d", "job.so"}) == "job.so");
}

TEST_CASE("short options in one word take the next word only when the last of them has no value yet") {
  CHECK(job_of({"-dp", "2", "job.so"}) == "job.so");
  CHECK(job_of({"-dp2", "job.so"}) == "job.so");
  CHECK(job_of({"-Dp", "job.so"}) == "job.so");
}

TEST_CASE("behind two dashes the next word is the job, whatever it looks like") {
  CHECK(job_of({"-d", "--", "-job.so", "x"}) == "-job.so");
  CHECK(job_of({"--"}) == "none");
}

TEST_CASE("without such a word there is no job") {
  CHECK(job_of({}) == "none");
  CHECK(job_of({"-p", "2"}) == "none");
  CHECK(job_of({"-p"}) == "none");
  CHECK(job_of({"-d", "--local"}) == "none");
}

TEST_CASE("a parallelism is a number from 1 to 32768, and anything else is told with that range") {
  for (const char* right : {"1", "2", "32768"})
    CHECK(parallelism_problem(right).empty());
  for (const char* wrong : {"", "0", "-1", "32769", "two", "2x", " 2", "99999999999999999999"}) {
    CAPTURE(wrong);
    std::string problem = parallelism_problem(wrong);
    CHECK(problem.find("from 1 to 32768") != std::string::npos);
    CHECK(problem.find(wrong) != std::string::npos);
  }
}

TEST_CASE("a job id is 32 hexadecimal digits") {
  CHECK(job_id_problem("0123456789abcdef0123456789abcdef").empty());
  for (const char* wrong :
       {"", "abc", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0"}) {
    CAPTURE(wrong);
    CHECK(job_id_problem(wrong).find("32 hexadecimal digits") != std::string::npos);
  }
}
