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

} // namespace

std::vector<bench_case> word_count_cases(const bench_settings& settings) {
  std::string text = std::filesystem::path{settings.folder} / "text";
  write_generated_text(text, scaled(text_bytes, settings, 100'000));
  auto words = limits::word_count(text).amount;
  auto cluster = std::make_shared<bench_cluster>();
  std::vector<bench_case> cases;
  for (auto [variant, target] : {std::pair{"string", 0.60}, {"text", 0.75}}) {
    auto made = case_with_job(cluster, std::string{"word_count_"} + variant, {"--input=" + text}, words);
    made.name = "word_count";
    made.variant = variant;
    made.target = target;
    made.limit = [text] { return limits::word_count(text); };
    cases.push_back(std::move(made));
  }
  return cases;
}

namespace {

struct keyed_sum_size {
  const char* variant;
  std::uint64_t distinct;
  std::uint64_t records;
  double target;

  [[nodiscard]] std::vector<std::string> arguments(const bench_settings& settings) const {
    return {"--records=" + std::to_string(scaled(records, settings)),
            "--distinct=" + std::to_string(distinct)};
  }
};

constexpr keyed_sum_size keyed_sum_sizes[] = {
    {"1k", 1'000, 60'000'000, 0.6}, {"1m", 1'000'000, 30'000'000, 1.2}, {"10m", 10'000'000, 30'000'000, 1.2}};

} // namespace

std::vector<bench_case> keyed_sum_cases(const bench_settings& settings) {
  auto cluster = std::make_shared<bench_cluster>();
  std::vector<bench_case> cases;
  for (const keyed_sum_size& each : keyed_sum_sizes) {
    std::uint64_t records = scaled(each.records, settings), distinct = each.distinct;
    auto naive = [=] { return limits::keyed_sum<limits::linear_table>(records, distinct); };
    auto best = [=] { return limits::keyed_sum<limits::line_table>(records, distinct); };
    auto made = case_with_job(cluster, "keyed_sum", each.arguments(settings), static_cast<double>(records));
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

std::vector<bench_case> keyed_sum_state_cases(const bench_settings& settings) {
  auto cluster = std::make_shared<bench_cluster>();
  std::vector<bench_case> cases;
  for (const keyed_sum_size& each : keyed_sum_sizes) {
    auto records = static_cast<double>(scaled(each.records, settings));
    auto made = case_with_job(cluster, "keyed_sum_state", each.arguments(settings), records);
    made.name = "keyed_sum_state";
    made.variant = each.variant;
    made.target = 0.95;
    made.limit = case_with_job(cluster, "keyed_sum", each.arguments(settings), records).weir;
    cases.push_back(std::move(made));
  }
  return cases;
}

std::vector<bench_case> map_filter_sum_cases(const bench_settings& settings) {
  std::uint64_t records = scaled(filtered_numbers, settings);
  auto made = case_with_job(std::make_shared<bench_cluster>(), "map_filter_sum",
                            {"--records=" + std::to_string(records)}, static_cast<double>(records));
  made.name = "map_filter_sum";
  made.target = 0.75;
  made.limit = [records] { return limits::map_filter_sum(records); };
  return {made};
}

} // namespace bench
