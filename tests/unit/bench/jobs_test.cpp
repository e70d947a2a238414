#include "limits/exchange.hpp"
#include "limits/keyed_sum.hpp"
#include "limits/map_filter_sum.hpp"
#include "limits/number_tables.hpp"
#include "limits/window_count.hpp"
#include "limits/word_count.hpp"

#include <weir/arguments.hpp>
#include <weir/detail/job_entry.hpp>
#include <weir/environment.hpp>
#include <weir/testing.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace {

/// The checksum that a job of bench/jobs.cpp comes to.
std::string checksum(std::string_view job, const std::vector<std::string>& given,
                     std::uint32_t parallelism = 1) {
  for (const auto* entry = weir_job_table().begin; entry != weir_job_table().end; ++entry) {
    if (entry->name != job)
      continue;
    weir::environment env;
    weir::arguments args{given};
    entry->build(env, args);
    args.refuse_unknown();
    auto lines = weir::testing::run(env, {.parallelism = parallelism}).lines("checksum");
    std::uint64_t sum = 0;
    for (const std::string& line : lines)
      sum += std::stoull(line);
    return std::to_string(sum);
  }
  return "no such job";
}

} // namespace

TEST_CASE("the jobs of the benches compute what the hand-written loops compute") {
  constexpr std::uint64_t records = 20'000;
  std::string count = "--records=" + std::to_string(records);
  CHECK(checksum("map_filter_sum", {count}) ==
        std::to_string(bench::limits::map_filter_sum(records).checksum));
  for (std::uint64_t distinct : {10ul, 15'000ul}) {
    auto expected = bench::limits::keyed_sum<bench::limits::linear_table>(records, distinct).checksum;
    for (const char* job : {"keyed_sum", "keyed_sum_state"})
      CHECK(checksum(job, {count, "--distinct=" + std::to_string(distinct)}) == std::to_string(expected));
  }
  CHECK(checksum("exchange", {count}, 2) == std::to_string(bench::limits::exchange(records, 1).checksum));

  auto text = std::filesystem::temp_directory_path() / ("weir-bench-jobs-" + std::to_string(::getpid()));
  bench::write_generated_text(text, 200'000);
  auto expected = std::to_string(bench::limits::word_count(text).checksum);
  CHECK(checksum("word_count_string", {"--input=" + text.string()}) == expected);
  CHECK(checksum("word_count_text", {"--input=" + text.string()}) == expected);
  std::filesystem::remove(text);
}

TEST_CASE("the jobs with windows count each record in each of its windows") {
  constexpr std::uint64_t records = 30'000;
  bench::timed_stream stream{500, 3'000};
  std::vector<std::string> arguments{"--records=" + std::to_string(records), "--distinct=500",
                                     "--records-per-second=3000"};
  std::uint64_t expected = bench::limits::window_count<bench::limits::linear_table>(records, stream).checksum;
  CHECK(checksum("tumbling", arguments) == std::to_string(expected));
  CHECK(checksum("sliding", arguments) == std::to_string(60 * expected));
  arguments.insert(arguments.end(), {"--measure-from=2", "--measure-to=5"});
  CHECK(checksum("tumbling", arguments) == std::to_string(expected));
}
