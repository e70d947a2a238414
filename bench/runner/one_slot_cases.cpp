#include "cases.hpp"

#include "bench_cluster.hpp"
#include "limits/keyed_sum.hpp"
#include "limits/map_filter_sum.hpp"
#include "limits/number_tables.hpp"
#include "limits/word_count.hpp"

#include <filesystem>
#include <memory>

namespace bench {

namespace {

constexpr std::uint64_t text_bytes = 48'000'000;
constexpr std::uint64_t filtered_numbers = 400'000'000;

/// A case whose job runs on `cluster`.
bench_case with_job(const std::shared_ptr<bench_cluster>& cluster, const std::string& job,
                    const std::vector<std::string>& arguments, double amount) {
  bench_case made;
  made.unit = "records/s";
  made.weir = [=] { return cluster->run_job(job, arguments, amount); };
  return made;
}

} // namespace

std::vector<bench_case> word_count_cases(const bench_settings& settings) {
  std::string text = std::filesystem::path{settings.folder} / "text";
  write_generated_text(text, scaled(text_bytes, settings, 100'000));
  auto words = limits::word_count(text).amount;
  auto cluster = std::make_shared<bench_cluster>();
  std::vector<bench_case> cases;
  for (auto [variant, target] : {std::pair{"string", 0.60}, {"text", 0.75}}) {
    auto made = with_job(cluster, std::string{"word_count_"} + variant, {"--input=" + text}, words);
    made.name = "word_count";
    made.variant = variant;
    made.target = target;
    made.limit = [text] { return limits::word_count(text); };
    cases.push_back(std::move(made));
  }
  return cases;
}

std::vector<bench_case> keyed_sum_cases(const bench_settings& settings) {
  struct size {
    const char* variant;
    std::uint64_t distinct;
    std::uint64_t records;
    double target;
  };
  auto cluster = std::make_shared<bench_cluster>();
  std::vector<bench_case> cases;
  for (size each : {size{"1k", 1'000, 60'000'000, 0.6}, size{"1m", 1'000'000, 30'000'000, 1.2},
                    size{"10m", 10'000'000, 30'000'000, 1.2}}) {
    std::uint64_t records = scaled(each.records, settings), distinct = each.distinct;
    auto naive = [=] { return limits::keyed_sum<limits::linear_table>(records, distinct); };
    auto best = [=] { return limits::keyed_sum<limits::line_table>(records, distinct); };
    auto made = with_job(cluster, "keyed_sum",
                         {"--records=" + std::to_string(records), "--distinct=" + std::to_string(distinct)},
                         static_cast<double>(records));
    made.name = "keyed_sum";
    made.variant = each.variant;
    made.target = each.target;
    if (distinct == 1'000) {
      made.limit = best;
      made.references.push_back({"linear probing", naive});
    } else {
      made.limit = naive;
      made.references.push_back({"lines of four slots", best});
    }
    cases.push_back(std::move(made));
  }
  return cases;
}

std::vector<bench_case> map_filter_sum_cases(const bench_settings& settings) {
  std::uint64_t records = scaled(filtered_numbers, settings);
  auto made = with_job(std::make_shared<bench_cluster>(), "map_filter_sum",
                       {"--records=" + std::to_string(records)}, static_cast<double>(records));
  made.name = "map_filter_sum";
  made.target = 0.75;
  made.limit = [records] { return limits::map_filter_sum(records); };
  return {made};
}

} // namespace bench
