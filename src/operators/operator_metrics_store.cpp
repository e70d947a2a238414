#include "operators/operator_metrics_store.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace weir {

namespace {

constexpr std::int64_t rate_window_ms = 60'000;

/// nullptr where there is none.
template <class Value, class Kind>
Value* find(std::deque<Value>& all, std::string_view name, Kind kind, const char* what) {
  auto found = std::ranges::find(all, name, &Value::name);
  if (found == all.end())
    return nullptr;
  if (found->kind != kind)
    throw std::invalid_argument{"the " + std::string{what} + " \"" + std::string{name} +
                                "\" is there with another kind"};
  return &*found;
}

template <class Value, class Kind>
Value& add(std::deque<Value>& to, std::string_view name, Kind kind) {
  Value& added = to.emplace_back();
  added.name = name;
  added.kind = kind;
  return added;
}

} // namespace

void operator_metrics_store::check(std::string_view name) const {
  if (name.empty() || name.size() > name_size_max)
    throw std::invalid_argument{"the name of an accumulator or metric has 1 to " +
                                std::to_string(name_size_max) + " bytes, and not " +
                                std::to_string(name.size())};
  if (accumulators_.size() + metrics_.size() == names_max)
    throw std::invalid_argument{"\"" + std::string{name} + "\" would be more than the " +
                                std::to_string(names_max) +
                                " accumulators and metrics that an operator may have"};
}

detail::accumulator_value& operator_metrics_store::accumulator(std::string_view name,
                                                               detail::accumulator_kind kind) {
  if (auto* known = find(accumulators_, name, kind, "accumulator"))
    return *known;
  check(name);
  return add(accumulators_, name, kind);
}

detail::metric_value& operator_metrics_store::metric(std::string_view name, detail::metric_kind kind) {
  if (auto* known = find(metrics_, name, kind, "metric"))
    return *known;
  check(name);
  detail::metric_value& added = add(metrics_, name, kind);
  if (kind == detail::metric_kind::meter)
    meters_.push_back({&added, {{monotonic_ms(), 0}}});
  return added;
}

void operator_metrics_store::gauge(std::string_view name, const void* of, read_gauge read) {
  detail::metric_value& value = metric(name, detail::metric_kind::gauge);
  auto known = std::ranges::find(gauges_, &value, &asked_gauge::value);
  if (known == gauges_.end())
    gauges_.push_back({&value, of, read});
  else
    *known = {&value, of, read};
}

std::int64_t operator_metrics_store::monotonic_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch()).count();
}

std::vector<detail::accumulator_value> operator_metrics_store::accumulators() const {
  return {accumulators_.begin(), accumulators_.end()};
}

std::vector<detail::metric_value> operator_metrics_store::metrics() {
  for (const asked_gauge& each : gauges_)
    each.value->value = each.read(each.of);
  std::int64_t now = monotonic_ms();
  for (auto& [value, readings] : meters_) {
    while (readings.size() > 1 && readings[1].first <= now - rate_window_ms)
      readings.pop_front();
    auto [since, before] = readings.front();
    if (now > since)
      value->rate = (value->value - before) * 1000 / static_cast<double>(now - since);
    if (now > readings.back().first)
      readings.emplace_back(now, value->value);
  }
  return {metrics_.begin(), metrics_.end()};
}

} // namespace weir
