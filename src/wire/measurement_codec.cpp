#include "wire/control_fields.hpp"
#include "wire/measurement_fields.hpp"

#include <weir/detail/histogram.hpp>

namespace weir {

std::size_t wire_size(const task_measurements& measured) {
  constexpr std::size_t fixed = 96; // of an accumulator, a metric or an operator, with its pointers
  auto size_of = [](const auto& one) { return fixed + one.name.size() + one.histogram.buckets.size() * 8; };
  std::size_t size = fixed;
  for (const auto& accumulator : measured.accumulators)
    size += size_of(accumulator);
  for (const auto& each : measured.operators) {
    size += fixed + each.name.size();
    for (const auto& metric : each.metrics)
      size += size_of(metric);
  }
  return size;
}

namespace schema {

using detail::accumulator_kind;
using detail::accumulator_value;
using detail::histogram_counts;
using detail::metric_kind;
using detail::metric_value;

static void write(Histogram::Builder to, const histogram_counts& from) {
  to.setCount(from.count);
  to.setSum(from.sum);
  to.setMin(from.min);
  to.setMax(from.max);
  to.setFirst(from.first);
  auto buckets = to.initBuckets(static_cast<unsigned>(from.buckets.size()));
  for (unsigned i = 0; i < buckets.size(); ++i)
    buckets.set(i, from.buckets[i]);
}

static histogram_counts read(Histogram::Reader from, wire::untrusted_parts& parts) {
  histogram_counts counts;
  counts.count = from.getCount();
  counts.sum = from.getSum();
  counts.min = from.getMin();
  counts.max = from.getMax();
  counts.first = from.getFirst();
  counts.buckets = parts.list(from.getBuckets(), [](std::uint64_t count) { return count; });
  auto end = std::int64_t{counts.first} + static_cast<std::int64_t>(counts.buckets.size());
  if (counts.first < -detail::last_bucket || end > detail::last_bucket + 1)
    parts.refuse("a histogram has buckets that do not exist");
  return counts;
}

static void write(Accumulator::Builder to, const accumulator_value& from) {
  to.setName(text(from.name));
  to.setKind(static_cast<Accumulator::Kind>(from.kind));
  to.setInteger(from.integer);
  to.setNumber(from.number);
  to.setCount(from.count);
  if (from.kind == accumulator_kind::histogram)
    write(to.initHistogram(), from.histogram);
}

static void write(Metric::Builder to, const metric_value& from) {
  to.setName(text(from.name));
  to.setKind(static_cast<Metric::Kind>(from.kind));
  to.setValue(from.value);
  to.setRate(from.rate);
  if (from.kind == metric_kind::histogram)
    write(to.initHistogram(), from.histogram);
}

static void write(OperatorReport::Builder to, const operator_report& from) {
  to.setName(text(from.name));
  to.setRecordsIn(from.records_in);
  to.setRecordsOut(from.records_out);
  write_list(to.initMetrics(static_cast<unsigned>(from.metrics.size())), from.metrics);
}

static void write(Rates::Builder to, const task_rates& from) {
  to.setRecordsIn(from.records_in);
  to.setRecordsOut(from.records_out);
  to.setBytesIn(from.bytes_in);
  to.setBytesOut(from.bytes_out);
  to.setBusyMs(from.busy_ms);
  to.setIdleMs(from.idle_ms);
  to.setBackpressuredMs(from.backpressured_ms);
}

static task_rates read(Rates::Reader from) {
  return {from.getRecordsIn(), from.getRecordsOut(), from.getBytesIn(),        from.getBytesOut(),
          from.getBusyMs(),    from.getIdleMs(),     from.getBackpressuredMs()};
}

static operator_report read(OperatorReport::Reader from, wire::untrusted_parts& parts) {
  operator_report report;
  report.name = parts.text(from.getName());
  report.records_in = from.getRecordsIn();
  report.records_out = from.getRecordsOut();
  report.metrics = parts.list(from.getMetrics(), [&](Metric::Reader one) {
    metric_value metric;
    metric.name = parts.text(one.getName());
    metric.kind = parts.enumeration(one.getKind(), metric_kind::histogram, "kind of metric");
    metric.value = one.getValue();
    metric.rate = one.getRate();
    if (metric.kind == metric_kind::histogram)
      metric.histogram = read(one.getHistogram(), parts);
    return metric;
  });
  return report;
}

static accumulator_value read(Accumulator::Reader from, wire::untrusted_parts& parts) {
  accumulator_value value;
  value.name = parts.text(from.getName());
  value.kind = parts.enumeration(from.getKind(), accumulator_kind::histogram, "kind of accumulator");
  value.integer = from.getInteger();
  value.number = from.getNumber();
  value.count = from.getCount();
  if (value.kind == accumulator_kind::histogram)
    value.histogram = read(from.getHistogram(), parts);
  return value;
}

void write(Measurements::Builder to, const task_measurements& from) {
  write_list(to.initAccumulators(static_cast<unsigned>(from.accumulators.size())), from.accumulators);
  write_list(to.initOperators(static_cast<unsigned>(from.operators.size())), from.operators);
  write(to.initRates(), from.rates);
  to.setInputWatermark(from.input_watermark);
  to.setOutputWatermark(from.output_watermark);
}

measurements_ptr read(Measurements::Reader from, wire::untrusted_parts& parts) {
  auto measured = std::make_shared<task_measurements>();
  measured->accumulators =
      parts.list(from.getAccumulators(), [&](Accumulator::Reader one) { return read(one, parts); });
  measured->operators =
      parts.list(from.getOperators(), [&](OperatorReport::Reader one) { return read(one, parts); });
  measured->rates = read(from.getRates());
  measured->input_watermark = from.getInputWatermark();
  measured->output_watermark = from.getOutputWatermark();
  return measured;
}

} // namespace schema

} // namespace weir
