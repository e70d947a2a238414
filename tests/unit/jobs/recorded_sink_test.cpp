#include "jobs/recorded_counts.cpp"

#include "../examples/crashed_run.hpp"

#include <weir/testing.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using weir::testing::crashed_run;
using weir::testing::piece;

namespace {

/// A recorded job whose folder is read.
struct recorded : crashed_run {
  explicit recorded(std::uint64_t records)
      : crashed_run{&weir_job_recorded_counts, {"--records=" + std::to_string(records), "--keys=5"}} {}

  [[nodiscard]] std::size_t count(const std::string& part) const {
    auto all = std::filesystem::directory_iterator{folder() + '/' + part};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  [[nodiscard]] std::multiset<std::uint64_t> numbers() const {
    std::multiset<std::uint64_t> all;
    for (const auto& entry : std::filesystem::directory_iterator{folder() + "/committed"}) {
      std::ifstream file{entry.path()};
      for (std::string line; std::getline(file, line);)
        all.insert(std::stoull(line));
    }
    return all;
  }
  [[nodiscard]] bool journal_has(const std::string& words) const {
    std::stringstream all;
    all << std::ifstream{folder() + "/journal"}.rdbuf();
    return all.str().find(words) != std::string::npos;
  }
};

} // namespace

TEST_CASE("the recorded transactions have each record once, and none is left, however often the job breaks") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    recorded job{20'000};
    job.run(seed, 5);
    auto numbers = job.numbers();
    CHECK(numbers.size() == 20'000);
    CHECK(std::set<std::uint64_t>{numbers.begin(), numbers.end()}.size() == 20'000);
    CHECK(job.count("prepared") == 0);
    CHECK(job.count("open") == 0);
    CHECK_FALSE(job.journal_has("lost"));
  }
}

TEST_CASE("an attempt that a later one has fenced is refused, and leaves nothing") {
  recorded job{2'000};
  auto before = piece::make(job.graph(), {.checkpoints = true, .attempt = 1, .paced = true});
  before->step(0);
  auto after = piece::make(job.graph(), {.checkpoints = true, .attempt = 2, .paced = true});
  CHECK_THROWS_WITH_AS((void)before->snapshot(), doctest::Contains("attempt 1 is fenced by attempt 2"),
                       std::runtime_error);
  CHECK(job.journal_has("refuse to prepare"));
  CHECK(job.count("prepared") == 0);
}

TEST_CASE("a commit fails as often as it is told to, and is not lost") {
  recorded job{1'000};
  std::filesystem::create_directories(job.folder());
  std::ofstream{job.folder() + "/fail-commits"} << 2;
  weir::testing::harness_options options{.checkpoints = true};
  auto first = piece::make(job.graph(), options);
  options.snapshot = first->snapshot();
  CHECK_THROWS_WITH_AS(first->complete_checkpoint(first->last_checkpoint()),
                       doctest::Contains("as it was told to"), std::runtime_error);
  ++options.attempt;
  CHECK_THROWS_AS(piece::make(job.graph(), options), std::runtime_error);
  ++options.attempt;
  auto third = piece::make(job.graph(), options);
  CHECK(job.numbers().size() == 1'000);
}
