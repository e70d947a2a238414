#include "exchange/result_partition.hpp"

#include "records.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace weir;
using namespace weir::testing;
using detail::partitioning;

namespace {

/// A partition whose channels are open with more credit than any test needs.
struct partitioned : channel_sink {
  std::uint32_t blocked = 0;
  std::map<std::uint32_t, std::vector<entry>> received;
  std::map<std::uint32_t, std::vector<item_kind>> kinds;
  std::map<std::uint32_t, std::vector<detail::batch_base*>> batches;
  std::vector<channel_item> kept;
  std::unique_ptr<result_partition> partition;

  void make(partitioning how, std::uint32_t channels, std::uint32_t subtask = 0,
            detail::graph_edge edge = {}) {
    std::vector<std::unique_ptr<out_channel>> outs;
    for (std::uint32_t i = 0; i < channels; ++i) {
      outs.push_back(std::make_unique<out_channel>(i, detail::record_type_of<entry>(), channel_options{},
                                                   *this, blocked));
      outs.back()->on_open(1, 1000, true);
    }
    partition = std::make_unique<result_partition>(edge, how, detail::partitioner_context{.subtask = subtask},
                                                   std::move(outs));
  }

  void send(const std::vector<entry>& records) {
    auto batch = make_batch(records);
    partition->process(0, batch);
  }

  void send_item(std::uint32_t out, std::uint64_t, channel_item item) override {
    kinds[out].push_back(item.kind);
    if (item.records) {
      auto records = records_of<entry>(*item.records);
      received[out].insert(received[out].end(), records.begin(), records.end());
      batches[out].push_back(item.records.get());
    }
    kept.push_back(std::move(item));
  }
  void send_frame(std::uint32_t, std::vector<char>) override {}
};

const std::vector<entry> first{{1, 1}, {2, 2}};
const std::vector<entry> second{{3, 3}};
const std::vector<entry> both{{1, 1}, {2, 2}, {3, 3}};

} // namespace

TEST_CASE_FIXTURE(partitioned, "forward sends all to its only channel, global to the first of all") {
  SUBCASE("forward") {
    make(partitioning::forward, 1);
  }
  SUBCASE("global") {
    make(partitioning::global, 1);
  }
  send(first);
  send(second);
  CHECK(received[0] == both);
  CHECK(partition->records_out() == 3);
}

TEST_CASE_FIXTURE(
    partitioned,
    "rebalance and rescale give a batch to each channel in turn, beginning at the subtask's own") {
  auto how = partitioning::rebalance;
  SUBCASE("rebalance") {}
  SUBCASE("rescale") {
    how = partitioning::rescale;
  }
  make(how, 3, 4);
  for (std::uint64_t i = 0; i < 6; ++i)
    send({{i, i}});
  CHECK(received[1] == std::vector<entry>{{0, 0}, {3, 3}});
  CHECK(received[2] == std::vector<entry>{{1, 1}, {4, 4}});
  CHECK(received[0] == std::vector<entry>{{2, 2}, {5, 5}});
}

TEST_CASE_FIXTURE(partitioned, "broadcast gives every channel all records, each in a batch of its own") {
  make(partitioning::broadcast, 3);
  send(first);
  send(second);
  for (std::uint32_t channel = 0; channel < 3; ++channel)
    CHECK(received[channel] == both);
  CHECK(batches[0][0] != batches[1][0]);
  CHECK(batches[1][0] != batches[2][0]);
  CHECK(partition->records_out() == 3);
}

TEST_CASE_FIXTURE(partitioned,
                  "a hash edge uses the partitioner of the graph, and without one there is no partition") {
  CHECK_THROWS_AS(make(partitioning::hash, 2), std::invalid_argument);

  struct by_key final : detail::stream_operator {
    explicit by_key(detail::channel_writer& to) : writer{to} {}
    void process(std::uint32_t, detail::batch_ptr& records) override {
      for (const entry& one : records_of<entry>(*records)) {
        auto single = make_batch(std::vector<entry>{one});
        writer.send(one.key % writer.channels(), single);
      }
    }
    detail::channel_writer& writer;
  };
  detail::graph_edge edge;
  edge.make_partitioner = [](const detail::partitioner_context& context) {
    return std::make_unique<by_key>(*context.writer);
  };
  make(partitioning::hash, 2, 0, edge);
  send(both);
  CHECK(received[0] == std::vector<entry>{{2, 2}});
  CHECK(received[1] == std::vector<entry>{{1, 1}, {3, 3}});
}

TEST_CASE_FIXTURE(partitioned, "time and the end go to every channel, behind the records") {
  make(partitioning::rebalance, 2);
  send(first);
  partition->on_watermark(5);
  send(second);
  partition->on_watermark(detail::max_event_time); // says no more than the end
  partition->end_of_input(0);
  using enum item_kind;
  CHECK(kinds[0] == std::vector<item_kind>{batch, watermark, end_of_input});
  CHECK(kinds[1] == std::vector<item_kind>{watermark, batch, end_of_input});
  CHECK(partition->is_done());
}
