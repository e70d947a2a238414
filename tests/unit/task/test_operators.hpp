#pragma once

#include "../operators/test_graph.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir::testing {

/// Emits numbers 0 to count - 1 of all subtasks together as {number, number}, in batches of up to `size`, and
/// rests now and then.
struct number_source final : detail::source_operator {
  number_source(std::uint64_t count, std::uint32_t size) : count{count}, size{size} {}

  void open(detail::operator_context& context) override {
    next = context.subtask();
    step = context.parallelism();
    out = context.out();
  }

  status poll() override {
    if (++polls % 7 == 0)
      return status::idle;
    auto batch = make_batch(std::vector<entry>{});
    auto& typed = static_cast<detail::batch<entry>&>(*batch);
    for (; next < count && typed.size < size; next += step)
      typed.values()[typed.size++] = {next, next};
    out->emit(batch);
    return next < count ? status::more : status::ended;
  }
  [[nodiscard]] std::uint32_t retry_after_ms() const override { return 3; }

  std::uint64_t count;
  std::uint32_t size;
  std::uint64_t polls = 0;
  std::uint64_t next = 0;
  std::uint64_t step = 1;
  detail::output* out = nullptr;
};

/// Turns each record into any number of others, and holds a batch until it is full or flushed.
struct expanding_operator final : detail::stream_operator {
  using function = std::function<std::vector<entry>(std::uint32_t input, entry)>;
  explicit expanding_operator(function f) : f{std::move(f)} {}

  void open(detail::operator_context& context) override { out = context.out(); }
  void process(std::uint32_t input, detail::batch_ptr& records) override {
    for (const entry& one : records_of<entry>(*records))
      for (const entry& made : f(input, one)) {
        if (!held)
          held = make_batch(std::vector<entry>{});
        auto& typed = static_cast<detail::batch<entry>&>(*held);
        typed.values()[typed.size++] = made;
        if (typed.size == 64)
          flush();
      }
  }
  void flush() override {
    if (held && held->size > 0)
      out->emit(held);
    if (held)
      held->clear();
  }

  function f;
  detail::batch_ptr held;
  detail::output* out = nullptr;
};

/// Changes records where they are.
struct in_place_operator final : detail::stream_operator {
  explicit in_place_operator(std::function<void(entry&)> f) : f{std::move(f)} {}
  void open(detail::operator_context& context) override { out = context.out(); }
  void process(std::uint32_t, detail::batch_ptr& records) override {
    auto& batch = static_cast<detail::batch<entry>&>(*records);
    std::for_each(batch.values(), batch.values() + batch.size, f);
    out->emit(records);
  }
  std::function<void(entry&)> f;
  detail::output* out = nullptr;
};

/// Sums the values of each key, and emits the sums at the end, a few at a time.
struct summing_operator final : detail::stream_operator {
  void open(detail::operator_context& context) override { out = context.out(); }
  void process(std::uint32_t, detail::batch_ptr& records) override {
    for (const entry& one : records_of<entry>(*records))
      sums[one.key] += one.value;
  }
  bool drain() override {
    std::vector<entry> some;
    for (; !sums.empty() && some.size() < 10; sums.erase(sums.begin()))
      some.push_back({sums.begin()->first, sums.begin()->second});
    auto batch = make_batch(some);
    out->emit(batch);
    return !sums.empty();
  }
  std::map<std::uint64_t, std::uint64_t> sums;
  detail::output* out = nullptr;
};

/// Gives each record to the job as a line "<key> <value>".
struct listing_sink final : detail::stream_operator {
  void open(detail::operator_context& context) override { at = &context; }
  void process(std::uint32_t, detail::batch_ptr& records) override {
    for (const entry& one : records_of<entry>(*records))
      at->add_result("lines", std::to_string(one.key) + " " + std::to_string(one.value) + "\n");
  }
  detail::operator_context* at = nullptr;
};

/// Sends each record to the channel of its key.
struct key_partitioner final : detail::stream_operator {
  explicit key_partitioner(detail::channel_writer& writer) : writer{writer}, open(writer.channels()) {}
  void process(std::uint32_t, detail::batch_ptr& records) override {
    for (const entry& one : records_of<entry>(*records)) {
      std::uint32_t channel = one.key % writer.channels();
      if (!open[channel])
        open[channel] = make_batch(std::vector<entry>{});
      auto& typed = static_cast<detail::batch<entry>&>(*open[channel]);
      typed.values()[typed.size++] = one;
      if (typed.size == 32)
        writer.send(channel, open[channel]);
    }
  }
  void flush() override {
    for (std::uint32_t channel = 0; channel < writer.channels(); ++channel)
      if (open[channel] && open[channel]->size > 0)
        writer.send(channel, open[channel]);
  }
  detail::channel_writer& writer;
  std::vector<detail::batch_ptr> open;
};

inline detail::partitioner_factory by_key() {
  return [](const detail::partitioner_context& context) {
    return std::make_unique<key_partitioner>(*context.writer);
  };
}

template <class Operator, class... Args>
detail::operator_factory make(Args... args) {
  return [args...] { return std::make_unique<Operator>(args...); };
}

inline std::vector<std::string> sorted_lines(const std::vector<task_result>& results) {
  std::vector<std::string> lines;
  for (const auto& result : results)
    for (std::size_t at = 0; at < result.value.size();) {
      std::size_t end = result.value.find('\n', at);
      lines.push_back(result.value.substr(at, end - at));
      at = end + 1;
    }
  std::ranges::sort(lines);
  return lines;
}

} // namespace weir::testing
