#pragma once

#include "operators/operator_chain.hpp"

#include "../task/manual_platform.hpp"
#include "test_graph.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// What happened to the operators of a test, in order: "b.process 2", "b.end 0".
using diary = std::vector<std::string>;

/// Notes what happens to it and hands records on: at once, or with `hold` only when it is flushed.
struct noting : detail::stream_operator {
  noting(diary& notes, std::string name, bool hold = false)
      : notes{notes}, name{std::move(name)}, hold{hold} {}

  void open(detail::operator_context& context) override {
    note("open");
    out = context.out();
  }
  void process(std::uint32_t input, detail::batch_ptr& records) override {
    note("process " + std::to_string(input) + " " + std::to_string(records->size));
    if (hold)
      detail::copy_batch(held, *records);
    else if (out)
      out->emit(records);
  }
  void flush() override {
    if (held && held->size > 0) {
      note("flush");
      out->emit(held);
      if (held)
        held->clear();
    }
  }
  void on_watermark(detail::event_time time) override {
    note(time == detail::max_event_time ? "time max" : "time " + std::to_string(time));
  }
  void end_of_input(std::uint32_t input) override { note("end " + std::to_string(input)); }
  bool drain() override {
    note("drain");
    return drains-- > 0;
  }
  void close() noexcept override { note("close"); }

  void note(const std::string& what) { notes.push_back(name + "." + what); }

  diary& notes;
  std::string name;
  bool hold;
  int drains = 0;
  detail::output* out = nullptr;
  detail::batch_ptr held;
};

struct chained : test_graph {
  diary notes;
  std::atomic<bool> canceled = false;
  manual_platform platform;
  watermark_alignment alignment;
  noting exit{notes, "exit"};
  std::unique_ptr<operator_chain> chain;

  detail::operator_factory plain(std::string name, bool hold = false) {
    return [this, name, hold] { return std::make_unique<noting>(notes, name, hold); };
  }

  result<void> start(std::uint32_t vertex, std::vector<chain_setup::entry> entries,
                     std::vector<chain_setup::exit> exits = {}) {
    auto made = operator_chain::make({*graph, *code, attempt_id{.vertex = vertex, .number = 3}, platform,
                                      canceled, 100, alignment, std::move(exits), std::move(entries)});
    if (!made)
      return made.failure();
    chain = std::move(*made);
    auto opened = chain->open();
    return opened;
  }

  result<void> send(std::uint32_t at, const std::vector<entry>& records) {
    auto batch = make_batch(records);
    return chain->process(at, batch);
  }

  diary take() { return std::exchange(notes, {}); }
};

inline const std::vector<entry> two{{1, 1}, {2, 2}};

} // namespace weir::testing
