#include "cases.hpp"
#include "limits/keyed_sum.hpp"
#include "limits/map_filter_sum.hpp"
#include "limits/number_tables.hpp"
#include "limits/word_count.hpp"
#include "workloads.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace bench {

namespace {

std::string argument(const char* name, std::uint64_t value) {
  return std::string{"--"} + name + '=' + std::to_string(value);
}

bench_case word_count(const std::string& record, double target, const bench_settings& settings,
                      const std::shared_ptr<job_runner>& runner) {
  std::string path = settings.folder + "/text";
  if (!std::filesystem::exists(path))
    write_generated_text(path, scaled(300'000'000, settings));
  double words = limits::word_count(path).amount;
  return {.name = "word_count",
          .variant = record,
          .unit = "records/s",
          .target = target,
          .limit = [path] { return limits::word_count(path); },
          .weir =
              [=] {
                return run{words, runner->run("word_count_" + record, {"--input=" + path})};
              }};
}

bench_case keyed_sum(const std::string& variant, std::uint64_t distinct, const bench_settings& settings,
                     const std::shared_ptr<job_runner>& runner) {
  std::uint64_t records = scaled(distinct > 1'000'000 ? 60'000'000 : 40'000'000, settings);
  bench_case made{.name = "keyed_sum",
                  .variant = variant,
                  .unit = "records/s",
                  .target = 1.2,
                  .limit = [=] { return limits::keyed_sum<limits::linear_table>(records, distinct); },
                  .weir =
                      [=] {
                        return run{static_cast<double>(records),
                                   runner->run("keyed_sum", {argument("records", records),
                                                             argument("distinct", distinct)})};
                      }};
  auto best = [=] { return limits::keyed_sum<limits::line_table>(records, distinct); };
  if (distinct == 1'000) { // where the naive table is no good limit
    made.limit = best;
    made.target = 0.6;
  } else {
    made.references.push_back({"weir's table in a loop", best});
  }
  return made;
}

} // namespace

std::vector<bench_case> in_process_cases(const bench_settings& settings,
                                         const std::shared_ptr<job_runner>& runner) {
  std::uint64_t numbers = scaled(400'000'000, settings);
  return {
      word_count("string", 0.60, settings, runner),
      word_count("text", 0.75, settings, runner),
      keyed_sum("1k", 1'000, settings, runner),
      keyed_sum("1m", 1'000'000, settings, runner),
      keyed_sum("10m", 10'000'000, settings, runner),
      {.name = "map_filter_sum",
       .unit = "records/s",
       .target = 0.75,
       .limit = [=] { return limits::map_filter_sum(numbers); },
       .weir =
           [=] {
             return run{static_cast<double>(numbers),
                        runner->run("map_filter_sum", {argument("records", numbers)})};
           }},
  };
}

} // namespace bench
