#include "random_graph.hpp"

#include "test_operators.hpp"

#include <weir/sources.hpp>
#include <weir/stream.hpp>
#include <weir/watermarks.hpp>

#include <weir/keyed_stream.hpp>

#include <algorithm>
#include <chrono>

namespace time_test {

namespace {

// What the operators do, for the dataflow and for the recomputation alike.
timed mapped(timed record, std::int64_t number) {
  return {record.key + 1, record.value * 3 + number};
}
bool kept(const timed& record, std::int64_t number) {
  return (record.value + number) % 3 != 0;
}
/// Up to two records.
std::uint32_t copies(const timed& record) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(record.value) % 3);
}
timed copy_of(const timed& record, std::uint32_t copy) {
  return {record.key + copy, record.value + 100 * copy};
}
timed generated(std::uint64_t i) {
  return {static_cast<std::uint32_t>(i % 7), static_cast<std::int64_t>(i * 5)};
}

struct copying_function {
  void process(const timed& record, weir::collector<timed>& out) {
    for (std::uint32_t copy = 0; copy < copies(record); ++copy)
      out.emit(copy_of(record, copy));
  }
};

/// Times of elements go forward by 10 and back by less than this.
constexpr std::int64_t disorder_ms = 50;

} // namespace

random_graph::random_graph(std::uint64_t seed) : random_{seed} {
  for (std::uint64_t sources = 1 + random_() % 3; sources > 0; --sources)
    add_source();
  for (std::uint64_t operators = 2 + random_() % 14; operators > 0; --operators)
    add_operator();
  for (std::size_t i = 0; i < streams_.size(); ++i)
    if (!is_read_[i])
      for (const row& each : streams_[i])
        expected_.push_back(line_of(each.record, each.time));
  std::ranges::sort(expected_);
}

void random_graph::add_source() {
  step made{random_() % 2 == 0 ? kind::elements : kind::generated};
  made.number = static_cast<std::int64_t>(random_() % 3000);
  if (made.what == kind::elements) {
    for (std::int64_t i = 0; i < made.number; ++i) {
      auto back = static_cast<std::int64_t>(random_() % disorder_ms);
      made.elements.push_back({static_cast<std::uint32_t>(random_() % 9), i * 10 - back});
    }
  }
  add(made);
  if (random_() % 3 != 0) {
    step times{kind::timestamps, streams_.size() - 1};
    add(times);
  }
}

std::size_t random_graph::some_stream() {
  // The last ones more often, so that chains become long.
  std::size_t back = std::min<std::size_t>(random_() % 4 * (random_() % 2 == 0 ? 1 : 3), streams_.size() - 1);
  return streams_.size() - 1 - back;
}

void random_graph::add_operator() {
  constexpr kind all[] = {kind::map,   kind::filter,     kind::loop,  kind::flat_map,  kind::process,
                          kind::unite, kind::two_inputs, kind::split, kind::keyed_sum, kind::partition};
  step made{all[random_() % std::size(all)], some_stream(), some_stream()};
  made.number = static_cast<std::int64_t>(random_() % 5);
  // Not without end: a flat_map of a union of a stream with itself doubles it.
  constexpr std::size_t rows_max = 20'000;
  if (streams_[made.first].size() + streams_[made.second].size() > rows_max)
    made.what = kind::filter;
  add(made);
}

void random_graph::add(const step& made) {
  rows out, side;
  auto read = [&](std::size_t stream) -> const rows& {
    is_read_[stream] = true;
    return streams_[stream];
  };
  switch (made.what) {
  case kind::elements:
    for (const timed& each : made.elements)
      out.push_back({each, {}});
    break;
  case kind::generated:
    for (std::int64_t i = 0; i < made.number; ++i)
      out.push_back({generated(static_cast<std::uint64_t>(i)), {}});
    break;
  case kind::timestamps:
    for (row each : read(made.first))
      out.push_back({each.record, each.record.value});
    break;
  case kind::map:
    for (row each : read(made.first))
      out.push_back({mapped(each.record, made.number), each.time});
    break;
  case kind::filter:
    for (const row& each : read(made.first))
      if (kept(each.record, made.number))
        out.push_back(each);
    break;
  case kind::loop:
    for (const row& each : read(made.first))
      if (timed record = mapped(mapped(each.record, made.number), 1); kept(record, made.number))
        out.push_back({record, each.time});
    break;
  case kind::flat_map:
  case kind::process:
    for (const row& each : read(made.first))
      for (std::uint32_t copy = 0; copy < copies(each.record); ++copy)
        out.push_back({copy_of(each.record, copy), each.time});
    break;
  case kind::unite:
    out = read(made.first);
    for (const row& each : read(made.second))
      out.push_back(each);
    break;
  case kind::two_inputs:
    for (const row& each : read(made.first))
      out.push_back({mark_input(each.record, 0), each.time});
    for (const row& each : read(made.second))
      out.push_back({mark_input(each.record, 1), each.time});
    break;
  case kind::split:
    for (const row& each : read(made.first))
      (is_odd(each.record) ? side : out).push_back(each);
    break;
  case kind::keyed_sum: {
    std::map<std::uint32_t, std::int64_t> sums;
    for (const row& each : read(made.first))
      sums[each.record.key] += each.record.value;
    for (auto [key, sum] : sums)
      out.push_back({{key, sum}, {}});
    break;
  }
  case kind::partition:
    out = read(made.first);
    break;
  }
  steps_.push_back(made);
  streams_.push_back(std::move(out));
  is_read_.push_back(false);
  if (made.what == kind::split) {
    streams_.push_back(std::move(side));
    is_read_.push_back(false);
  }
}

void random_graph::build(weir::environment& env) const {
  using stream = weir::stream<timed>;
  std::vector<stream> built;
  for (const step& made : steps_) {
    std::int64_t number = made.number;
    auto first = [&]() -> const stream& { return built[made.first]; };
    switch (made.what) {
    case kind::elements:
      built.push_back(env.from(weir::from_elements(made.elements)));
      break;
    case kind::generated:
      built.emplace_back(env.from(weir::generate(static_cast<std::uint64_t>(number), generated)));
      break;
    case kind::timestamps:
      built.push_back(first().assign_timestamps(
          weir::watermarks::bounded_out_of_orderness(&timed::value, std::chrono::milliseconds{disorder_ms})));
      break;
    case kind::map:
      built.emplace_back(first().map([number](const timed& record) { return mapped(record, number); }));
      break;
    case kind::filter:
      built.emplace_back(first().filter([number](const timed& record) { return kept(record, number); }));
      break;
    case kind::loop:
      built.emplace_back(first()
                             .map([number](const timed& record) { return mapped(record, number); })
                             .map([](const timed& record) { return mapped(record, 1); })
                             .filter([number](const timed& record) { return kept(record, number); }));
      break;
    case kind::flat_map:
      built.emplace_back(first().flat_map<timed>(
          [](const timed& record, weir::collector<timed>& out) { copying_function{}.process(record, out); }));
      break;
    case kind::process:
      built.push_back(first().process<timed>(copying_function{}));
      break;
    case kind::unite:
      // A union has no operator of its own; a map behind it lets it be read as one stream.
      built.emplace_back(
          first().union_with(built[made.second]).map([](const timed& record) { return record; }));
      break;
    case kind::two_inputs:
      built.push_back(add_two_inputs(first(), built[made.second]));
      break;
    case kind::split: {
      auto [even, odd] = add_split(first());
      built.push_back(even);
      built.push_back(odd);
      break;
    }
    case kind::keyed_sum:
      built.push_back(first().key_by(&timed::key).window(weir::end_of_input()).sum(&timed::value));
      break;
    case kind::partition: {
      stream spread = number % 3 == 0   ? first().rebalance()
                      : number % 3 == 1 ? first().rescale()
                                        : first().global();
      built.emplace_back(spread.map([](const timed& record) { return record; }));
      break;
    }
    }
  }
  for (std::size_t i = 0; i < built.size(); ++i)
    if (!is_read_[i])
      collect_times(add_check(built[i]), "out");
}

} // namespace time_test
