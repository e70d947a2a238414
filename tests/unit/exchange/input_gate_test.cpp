#include "exchange/input_gate.hpp"

#include "records.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

struct three_channels {
  input_gate gate;
  std::vector<std::uint64_t> sent = std::vector<std::uint64_t>(3);

  three_channels() {
    for (std::uint32_t i = 0; i < 3; ++i) {
      gate.add(detail::record_type_of<entry>(), {});
      gate[i].protocol().start({});
    }
  }

  void arrive(std::uint32_t channel) {
    REQUIRE(gate[channel].push(sent[channel]++, {item_kind::watermark, 1, {}}));
    gate.note_ready(channel);
  }

  std::uint32_t read() {
    std::uint32_t channel = gate.take_turn();
    channel_item item;
    REQUIRE(*gate[channel].pop(item));
    gate[channel].release({});
    gate.note_ready(channel);
    return channel;
  }
};

} // namespace

TEST_CASE_FIXTURE(three_channels,
                  "channels that have something are read in turn, however much one of them has") {
  CHECK_FALSE(gate.has_ready());
  for (int i = 0; i < 4; ++i)
    arrive(0);
  arrive(2);
  arrive(1);
  arrive(1);
  std::vector<std::uint32_t> order;
  while (gate.has_ready())
    order.push_back(read());
  CHECK(order == std::vector<std::uint32_t>{0, 2, 1, 0, 1, 0, 0});
}

TEST_CASE_FIXTURE(three_channels, "a channel is in line once, and not without something to read") {
  arrive(1);
  gate.note_ready(1);
  gate.note_ready(0);
  CHECK(read() == 1);
  CHECK_FALSE(gate.has_ready());
}
