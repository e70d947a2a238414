#include "rest/metric_view.hpp"

#include "scheduler/checkpoint_history.hpp"
#include "scheduler/job_accumulators.hpp"

#include <weir/detail/histogram.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

namespace weir {
namespace {

using nlohmann::json;

/// Metric ids are parts that are separated by dots and commas.
std::string id_part(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '_');
  return name;
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t end = std::min(text.find(by, begin), text.size());
    if (end != begin)
      parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

void add_metric(metric_list& to, const std::string& name, const detail::metric_value& metric) {
  auto add = [&](const char* suffix, double value) { to.emplace_back(name + suffix, number_text(value)); };
  switch (metric.kind) {
  case detail::metric_kind::counter:
  case detail::metric_kind::gauge:
    add("", metric.value);
    break;
  case detail::metric_kind::meter:
    add("", metric.rate);
    add("_count", metric.value);
    break;
  case detail::metric_kind::histogram: {
    const auto& values = metric.histogram;
    add("_count", static_cast<double>(values.count));
    add("_min", values.min);
    add("_max", values.max);
    add("_mean", values.count == 0 ? 0 : values.sum / static_cast<double>(values.count));
    add("_median", quantile(values, 0.5));
    add("_p75", quantile(values, 0.75));
    add("_p90", quantile(values, 0.9));
    add("_p95", quantile(values, 0.95));
    add("_p99", quantile(values, 0.99));
    add("_p999", quantile(values, 0.999));
    break;
  }
  }
}

void add_rates(metric_list& to, const task_rates& rates) {
  auto add = [&](const char* name, double value) { to.emplace_back(name, number_text(value)); };
  add("numRecordsInPerSecond", rates.records_in);
  add("numRecordsOutPerSecond", rates.records_out);
  add("numBytesInPerSecond", rates.bytes_in);
  add("numBytesOutPerSecond", rates.bytes_out);
  add("busyTimeMsPerSecond", rates.busy_ms);
  add("idleTimeMsPerSecond", rates.idle_ms);
  add("backPressuredTimeMsPerSecond", rates.backpressured_ms);
  add("hardBackPressuredTimeMsPerSecond", rates.backpressured_ms);
  add("softBackPressuredTimeMsPerSecond", 0);
  constexpr double backpressured = 500; // of a second's 1000 ms: as the dashboard's "high"
  to.emplace_back("isBackPressured", rates.backpressured_ms > backpressured ? "true" : "false");
}

json accumulator_list_json(const std::vector<detail::accumulator_value>& accumulators) {
  json list = json::array();
  for (const auto& each : accumulators)
    list.push_back({{"name", each.name}, {"type", type_name(each.kind)}, {"value", value_text(each)}});
  return list;
}

} // namespace

metric_list metrics_of(const subtask_status& subtask) {
  const task_metrics& counters = subtask.metrics;
  metric_list list;
  auto add = [&](const char* name, std::uint64_t value) { list.emplace_back(name, std::to_string(value)); };
  add("numRecordsIn", counters.records_in);
  add("numRecordsOut", counters.records_out);
  add("numBytesIn", counters.bytes_in);
  add("numBytesOut", counters.bytes_out);
  add("accumulateBusyTimeMs", counters.busy_ms);
  add("accumulateIdleTimeMs", counters.idle_ms);
  add("accumulateBackPressuredTimeMs", counters.backpressured_ms);
  if (!subtask.measurements)
    return list;
  const task_measurements& measured = *subtask.measurements;
  add_rates(list, measured.rates);
  list.emplace_back("currentInputWatermark", std::to_string(measured.input_watermark));
  list.emplace_back("currentOutputWatermark", std::to_string(measured.output_watermark));
  for (const operator_report& each : measured.operators) {
    std::string prefix = id_part(each.name) + ".";
    list.emplace_back(prefix + "numRecordsIn", std::to_string(each.records_in));
    list.emplace_back(prefix + "numRecordsOut", std::to_string(each.records_out));
    for (const auto& metric : each.metrics)
      add_metric(list, prefix + id_part(metric.name), metric);
  }
  return list;
}

metric_list metrics_of(const job_summary& job, std::int64_t now) {
  std::int64_t end = job.end_wall_ms < 0 ? now : job.end_wall_ms;
  bool runs = job.state == job_state::running;
  std::int64_t waits = job.state == job_state::restarting || job.state == job_state::created
                           ? end - job.last_modified_wall_ms
                           : 0;
  return {{"uptime", std::to_string(runs                     ? end - job.start_wall_ms
                                    : is_terminal(job.state) ? -1
                                                             : 0)},
          {"downtime", std::to_string(is_terminal(job.state) ? -1 : waits)},
          {"runningTime", std::to_string(runs ? end - job.start_wall_ms : 0)},
          {"restartingTime", std::to_string(job.state == job_state::restarting ? waits : 0)},
          {"numRestarts", std::to_string(job.restarts)},
          {"fullRestarts", std::to_string(job.restarts)}};
}

metric_list metrics_of(const job_details& job, std::int64_t now) {
  metric_list list = metrics_of(job.summary, now);
  if (!job.checkpoints)
    return list;
  const checkpoint_overview& all = *job.checkpoints;
  auto add = [&](const char* name, auto value) { list.emplace_back(name, std::to_string(value)); };
  add("totalNumberOfCheckpoints", all.counts.total);
  add("numberOfInProgressCheckpoints", all.counts.in_progress);
  add("numberOfCompletedCheckpoints", all.counts.completed);
  add("numberOfFailedCheckpoints", all.counts.failed);
  add("lastCheckpointRestoreTimestamp", all.latest_restored ? all.latest_restored->restored_wall_ms : -1);
  if (const auto& last = all.latest_completed) {
    checkpoint_totals sum = totals(*last);
    add("lastCheckpointDuration", last->ended_wall_ms - last->triggered_wall_ms);
    add("lastCheckpointSize", sum.written_size);
    add("lastCheckpointFullSize", sum.state_size);
    list.emplace_back("lastCheckpointExternalPath", last->path);
  }
  return list;
}

json metric_list_json(const metric_list& metrics, const http_request& request) {
  json list = json::array();
  auto wanted = request.parameter("get");
  if (!wanted) {
    for (const auto& [name, value] : metrics)
      list.push_back({{"id", name}});
    return list;
  }
  for (const std::string& name : split(*wanted, ',')) {
    auto found = std::ranges::find(metrics, name, &metric_list::value_type::first);
    if (found != metrics.end())
      list.push_back({{"id", name}, {"value", found->second}});
  }
  return list;
}

json aggregated_metrics_json(const std::vector<metric_list>& of, const http_request& request) {
  std::map<std::string, std::vector<double>> by_name;
  for (const metric_list& metrics : of)
    for (const auto& [name, text] : metrics)
      if (auto value = number_of(text))
        by_name[name].push_back(*value);
  json list = json::array();
  auto wanted = request.parameter("get");
  if (!wanted) {
    for (const auto& [name, values] : by_name)
      list.push_back({{"id", name}});
    return list;
  }
  std::vector<std::string> parts = split(request.parameter("agg").value_or("min,max,avg,sum,skew"), ',');
  auto has = [&](const char* part) { return std::ranges::find(parts, part) != parts.end(); };
  for (const std::string& name : split(*wanted, ',')) {
    auto found = by_name.find(name);
    if (found == by_name.end())
      continue;
    const std::vector<double>& values = found->second;
    double sum = 0;
    for (double value : values)
      sum += value;
    double average = sum / static_cast<double>(values.size());
    double off = 0;
    for (double value : values)
      off += std::abs(value - average);
    json entry{{"id", name}};
    if (has("min"))
      entry["min"] = std::ranges::min(values);
    if (has("max"))
      entry["max"] = std::ranges::max(values);
    if (has("avg"))
      entry["avg"] = average;
    if (has("sum"))
      entry["sum"] = sum;
    if (has("skew")) // how far the values lie from their average, in percent of it
      entry["skew"] =
          average == 0 ? 0 : std::min(100.0, off / static_cast<double>(values.size()) / average * 100);
    list.push_back(std::move(entry));
  }
  return list;
}

json user_accumulators_json(const std::vector<const subtask_status*>& subtasks) {
  return accumulator_list_json(merge_accumulators(subtasks));
}

json user_accumulators_json(const job_details& job) {
  return accumulator_list_json(merge_accumulators(job));
}

bool names_number(const std::string& list, std::uint32_t number) {
  std::vector<std::string> parts = split(list, ',');
  return parts.empty() || std::ranges::any_of(parts, [&](const std::string& part) {
           std::size_t dash = part.find('-');
           auto low = number_of(part.substr(0, dash));
           auto high = dash == std::string::npos ? low : number_of(part.substr(dash + 1));
           return low && high && *low <= number && number <= *high;
         });
}

} // namespace weir
