#pragma once

#include "manual_platform.hpp"
#include "task/subtask.hpp"
#include "test_operators.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// Notes what a subtask asks of the outside.
struct noting_transport : subtask_transport {
  struct opening {
    std::uint32_t in;
    std::uint32_t number;
    std::uint64_t granted;
    bool operator==(const opening&) const = default;
  };
  struct grant_note {
    std::uint32_t in;
    std::uint64_t total;
    bool operator==(const grant_note&) const = default;
  };
  struct sent {
    std::uint32_t out;
    std::uint64_t sequence;
    channel_item item;
  };

  void open_channel(std::uint32_t in, std::uint32_t number, std::uint64_t granted) override {
    openings.push_back({in, number, granted});
  }
  void grant(std::uint32_t in, std::uint64_t total, std::vector<detail::batch_ptr>) override {
    grants.push_back({in, total});
  }
  void deliver_items() override {}
  void close_channel(std::uint32_t in) override { closed.push_back(in); }
  void send_item(std::uint32_t out, std::uint64_t sequence, channel_item item) override {
    items.push_back({out, sequence, std::move(item)});
  }
  void send_frame(std::uint32_t out, std::vector<char> frame) override {
    frames.push_back({out, std::move(frame)});
  }

  std::vector<opening> openings;
  std::vector<grant_note> grants;
  std::vector<std::uint32_t> closed;
  std::deque<sent> items;
  std::vector<std::pair<std::uint32_t, std::vector<char>>> frames;
};

/// left (2) ─┐
///           ├─▶ middle (1), the subtask of the test ─▶ right (2)
/// other (1) ┘
struct in_the_middle : test_graph {
  static constexpr std::uint32_t window = 4;

  manual_platform platform;
  noting_transport transport;
  subtask_options options{.channels = {.segment_size = 2048, .buffers_per_channel = window}};
  std::function<void(entry&)> work = [](entry&) {};
  detail::operator_factory middle_operator =
      make<in_place_operator>(std::function{[this](entry& one) { work(one); }});
  bool with_source = false;
  std::optional<subtask_checkpoints> checkpoints;
  restored_state restored;
  std::unique_ptr<subtask> task;
  std::vector<std::uint64_t> sent = std::vector<std::uint64_t>(8);

  void build() {
    auto left = add("left", {}, {});
    auto other = add("other", {}, {});
    std::vector<input> inputs{{left, 0, detail::partitioning::rebalance},
                              {other, 1, detail::partitioning::rebalance}};
    std::uint32_t source = 0;
    if (with_source) {
      source = add("source", {}, make<number_source>(std::uint64_t{1000}, std::uint32_t{10}));
      inputs.push_back({source, 0, detail::partitioning::forward});
    }
    auto middle = add("middle", inputs, middle_operator);
    auto right = add("right", {{middle, 0, detail::partitioning::rebalance}}, {}, true);
    vertex({left}, 2);
    vertex({other}, 1);
    if (with_source)
      vertex({source, middle}, 1);
    else
      vertex({middle}, 1);
    vertex({right}, 2);
    connect();
  }

  static attempt_id attempt(std::uint32_t of_vertex, std::uint32_t of_subtask, std::uint32_t number = 1) {
    return {job_id{{7, 7}}, of_vertex, of_subtask, leader_epoch{1}, number};
  }

  subtask_setup setup() {
    subtask_setup made{attempt(2, 0), graph, code, {}, {}, options};
    made.checkpoints = checkpoints;
    made.restored = restored;
    for (std::uint32_t e = 0; e < graph->edges.size(); ++e) {
      const job_edge& edge = graph->edges[e];
      if (edge.to_vertex == 2)
        for (std::uint32_t producer : producers_of(*graph, edge, 0))
          made.producers.push_back({attempt(edge.from_vertex, producer), e, {}, {"worker-7", 4711}});
      else
        for (std::uint32_t consumer : consumers_of(*graph, edge, 0))
          made.consumers.push_back({attempt(edge.to_vertex, consumer), e});
    }
    return made;
  }

  result<void> open() {
    build();
    task = std::make_unique<subtask>(setup(), platform, transport);
    return task->open();
  }

  /// Opens the task and all its channels, those out of it as channels within the process.
  void open_all(std::uint64_t granted = window, bool local = true) {
    REQUIRE(open());
    for (std::uint32_t in = 0; in < 3; ++in)
      task->on_opened(in, 1);
    for (std::uint32_t out = 0; out < 2; ++out) {
      auto answer = task->on_channel_open(task->out_channels()[out], 1, granted, local);
      REQUIRE(answer.what == open_answer::kind::opened);
      REQUIRE(answer.out == out);
    }
  }

  void arrive(std::uint32_t in, const std::vector<entry>& records) {
    task->on_item(in, sent[in]++, {item_kind::batch, 0, make_batch(records)});
  }
  void arrive_event(std::uint32_t in, item_kind kind, std::uint64_t payload, std::uint64_t base = 0) {
    task->on_item(in, sent[in]++, {kind, payload, {}, base});
  }

  run_outcome run(std::uint32_t batches = 100) { return task->run(batches); }

  std::string failure() {
    auto ran = run();
    CHECK(ran.what == run_outcome::kind::failed);
    return ran.cause;
  }

  std::vector<item_kind> sent_kinds(std::uint32_t out) {
    std::vector<item_kind> kinds;
    for (const auto& one : transport.items)
      if (one.out == out)
        kinds.push_back(one.item.kind);
    return kinds;
  }
};

} // namespace weir::testing
