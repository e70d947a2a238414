#include "exchange/in_channel.hpp"
#include "exchange/out_channel.hpp"

#include "records.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <set>
#include <variant>

using namespace weir;
using namespace weir::testing;

namespace {

constexpr std::uint32_t window = 4;

/// Both ends of one channel, and what is under way between them.
struct connected : channel_sink {
  channel_options options{.segment_size = 2048, .buffers_per_channel = window};
  std::uint32_t blocked = 0;
  out_channel out{3, detail::record_type_of<entry>(), options, *this, blocked};
  in_channel in{detail::record_type_of<entry>(), options};

  struct sent_item {
    std::uint64_t sequence;
    channel_item item;
  };
  std::deque<std::variant<sent_item, std::vector<char>>> under_way;
  std::deque<in_channel::credit> credits;

  void open(bool local) {
    in.protocol().start({});
    auto request = in.protocol().due({});
    REQUIRE(out.on_open(request->opening, request->granted_total, local) ==
            producer_end::open_result::opened);
    in.protocol().on_opened(request->opening);
    out.pump();
  }

  void send_item(std::uint32_t index, std::uint64_t sequence, channel_item item) override {
    CHECK(index == 3);
    under_way.push_back(sent_item{sequence, std::move(item)});
  }
  void send_frame(std::uint32_t index, std::vector<char> frame) override {
    CHECK(index == 3);
    under_way.push_back(std::move(frame));
  }

  result<void> arrive() {
    auto next = std::move(under_way.front());
    under_way.pop_front();
    if (auto* item = std::get_if<sent_item>(&next))
      return in.push(item->sequence, std::move(item->item));
    return in.push(std::move(std::get<std::vector<char>>(next)));
  }

  /// Reads one item, as a task that gives the emptied batch back.
  std::optional<channel_item> read(std::vector<entry>& into) {
    channel_item item;
    auto found = in.pop(item);
    REQUIRE(found);
    std::optional<channel_item> event;
    if (*found) {
      if (item.kind == item_kind::batch)
        for (const entry& one : records_of<entry>(*item.records))
          into.push_back(one);
      else
        event = item;
      in.release(std::move(item.records));
    }
    if (auto credit = in.take_credit())
      credits.push_back(std::move(*credit));
    return event;
  }

  void give_credit() {
    out.on_credit(credits.front().granted_total, std::move(credits.front().emptied));
    credits.pop_front();
    out.pump();
  }

  void send(const std::vector<entry>& records) {
    auto batch = make_batch(records);
    out.send(batch);
  }
};

} // namespace

TEST_CASE(
    "in any order of deliveries, reads and credits all records arrive once and in order, and no more is in "
    "flight than was granted") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    std::mt19937_64 random{seed};
    bool local = random() % 2 == 0;
    connected channel;
    std::vector<entry> sent;
    std::vector<entry> received;
    std::vector<std::uint64_t> times_sent;
    std::vector<std::uint64_t> times_received;
    std::uint64_t batches_left = random() % 60;
    bool opened = false;
    bool ended = false;
    std::optional<channel_item> last;
    while (!last || last->kind != item_kind::end_of_input) {
      switch (random() % 7) {
      case 0:
        if (!opened)
          channel.open(local);
        opened = true;
        break;
      case 1:
        if (!channel.out.is_blocked() && batches_left > 0) {
          --batches_left;
          // What one input batch expands to may wait at the producer.
          for (std::uint64_t count = 1 + random() % 3; count > 0; --count) {
            auto records = random_entries(random, 200);
            sent.insert(sent.end(), records.begin(), records.end());
            channel.send(records);
          }
        }
        break;
      case 2:
        if (!channel.out.is_blocked() && random() % 4 == 0 && !ended) {
          times_sent.push_back(random());
          channel.out.send_event(item_kind::watermark, times_sent.back());
        }
        break;
      case 3:
        if (batches_left == 0 && !ended && !channel.out.is_blocked()) {
          channel.out.end();
          ended = true;
        } else if (random() % 4 == 0) {
          channel.out.flush();
        }
        break;
      case 4:
        if (!channel.under_way.empty())
          REQUIRE(channel.arrive());
        break;
      case 5:
        if (channel.in.ready()) {
          last = channel.read(received);
          if (last && last->kind == item_kind::watermark)
            times_received.push_back(last->payload);
        }
        break;
      case 6:
        if (!channel.credits.empty())
          channel.give_credit();
        break;
      }
      REQUIRE(channel.under_way.size() + channel.in.protocol().units_waiting() <= window);
      REQUIRE(channel.blocked == (channel.out.is_blocked() ? 1 : 0));
      if (!local)
        REQUIRE(channel.in.bytes_waiting() <= window * channel.options.segment_size);
    }
    REQUIRE(received == sent);
    REQUIRE(times_received == times_sent);
    CHECK(channel.out.is_done());
    CHECK(channel.under_way.empty());
    CHECK(channel.in.bytes_waiting() == 0);
    CHECK(channel.out.bytes_waiting() == 0);
    CHECK(channel.in.bytes_received() == channel.out.bytes_sent());
  }
}

TEST_CASE_FIXTURE(connected,
                  "the batches of a local channel go round: a steady stream needs only those in flight") {
  open(true);
  std::set<detail::batch_base*> seen;
  detail::batch_ptr batch;
  std::vector<entry> received;
  for (std::uint64_t i = 0; i < 100; ++i) {
    if (!batch)
      batch = make_batch(std::vector<entry>{});
    auto& typed = static_cast<detail::batch<entry>&>(*batch);
    REQUIRE(typed.size == 0);
    typed.values()[0] = {i, i};
    typed.size = 1;
    seen.insert(batch.get());
    out.send(batch);
    if (out.is_blocked()) {
      while (!under_way.empty())
        REQUIRE(arrive());
      while (in.ready())
        read(received);
      while (!credits.empty())
        give_credit();
    }
  }
  CHECK(received.size() >= 96);
  CHECK(seen.size() <= window + 1);
}

TEST_CASE_FIXTURE(connected,
                  "a batch is handed over without a copy where it is local, and is the sender's where not") {
  auto batch = make_batch(std::vector<entry>{{1, 2}});
  auto* memory = batch.get();
  SUBCASE("local") {
    open(true);
    out.send(batch);
    CHECK_FALSE(batch);
    CHECK(std::get<sent_item>(under_way.front()).item.records.get() == memory);
  }
  SUBCASE("remote") {
    open(false);
    out.send(batch);
    CHECK(batch.get() == memory);
    CHECK(batch->size == 0);
    CHECK(under_way.empty());
    out.flush();
    CHECK(under_way.size() == 1);
  }
}

TEST_CASE_FIXTURE(connected,
                  "a barrier that waited for the consumer does not wait for more to come behind it") {
  out.send_event(item_kind::barrier, 5);
  out.flush();
  SUBCASE("in the same process") {
    open(true);
  }
  SUBCASE("in another one") {
    open(false);
  }
  REQUIRE(under_way.size() == 1);
  REQUIRE(arrive());
  std::vector<entry> none;
  auto event = read(none);
  REQUIRE(event);
  CHECK(event->kind == item_kind::barrier);
  CHECK(event->payload == 5);
}

TEST_CASE_FIXTURE(connected, "what was sent before the consumer opened waits for it, in either form") {
  CHECK(out.is_blocked());
  CHECK(blocked == 1);
  send({{1, 1}});
  out.send_event(item_kind::watermark, 9);
  CHECK(out.bytes_waiting() > 0);
  CHECK(under_way.empty());
  SUBCASE("local") {
    open(true);
  }
  SUBCASE("remote") {
    open(false);
  }
  out.flush();
  while (!under_way.empty())
    REQUIRE(arrive());
  std::vector<entry> received;
  CHECK_FALSE(read(received));
  CHECK(read(received)->payload == 9);
  CHECK(received == std::vector<entry>{{1, 1}});
}

TEST_CASE_FIXTURE(connected,
                  "what waits goes before what comes later, and blocks the channel until it has gone") {
  open(true);
  std::vector<entry> sent;
  for (std::uint64_t i = 0; i < window + 1; ++i) {
    sent.push_back({i, i});
    send({sent.back()});
  }
  out.on_credit(window + 2, {});
  CHECK(out.is_blocked());
  sent.push_back({99, 99});
  send({sent.back()});
  CHECK(under_way.size() == window);
  out.pump();
  std::vector<entry> received;
  for (const auto& one : under_way)
    received.push_back(records_of<entry>(*std::get<sent_item>(one).item.records).front());
  CHECK(received == sent);
}

TEST_CASE_FIXTURE(connected, "empty batches do not travel") {
  open(true);
  send({});
  CHECK(under_way.empty());
}

TEST_CASE_FIXTURE(
    connected, "a channel that the consumer closed drops all, counts as done, and is blocked until its end") {
  open(true);
  for (int i = 0; i < 6; ++i)
    send({{1, 1}});
  CHECK(under_way.size() == window);
  out.on_closed();
  CHECK(out.is_done());
  CHECK(out.is_blocked());
  CHECK(out.bytes_waiting() == 0);
  out.on_credit(100, {});
  send({{1, 1}});
  out.send_event(item_kind::watermark, 1);
  CHECK(out.is_blocked());
  out.end();
  CHECK(under_way.size() == window);
}

TEST_CASE_FIXTURE(connected, "a channel that has sent its end blocks nothing, though no credit is left") {
  open(true);
  for (std::uint32_t i = 0; i + 1 < window; ++i)
    send({{1, 1}});
  CHECK_FALSE(out.is_blocked());
  out.end();
  CHECK(under_way.size() == window);
  CHECK(out.is_done());
  CHECK_FALSE(out.is_blocked());
}

TEST_CASE_FIXTURE(connected, "a break is survived before the first unit only") {
  open(true);
  SUBCASE("before") {
    CHECK(out.on_lost());
    CHECK(blocked == 1);
    send({{1, 1}});
    CHECK(under_way.empty());
    CHECK(out.on_open(2, window, true) == producer_end::open_result::opened);
    out.pump();
    CHECK(under_way.size() == 1);
  }
  SUBCASE("after") {
    send({{1, 1}});
    CHECK_FALSE(out.on_lost());
  }
}

TEST_CASE_FIXTURE(connected, "a gap, a repetition, a foreign record type and a mix of forms are refused") {
  open(true);
  auto item = [](auto records) { return channel_item{item_kind::batch, 0, make_batch(records)}; };
  std::vector<entry> entries{{1, 1}};
  REQUIRE(in.push(0, item(entries)));
  CHECK_FALSE(in.push(0, item(entries)));
  CHECK_FALSE(in.push(2, item(entries)));
  CHECK_FALSE(in.push(1, item(std::vector<note>{{"x", 1}})));
  CHECK_FALSE(in.push(1, channel_item{}));
  frame_writer writer{options};
  writer.append(item_kind::watermark, 1);
  writer.flush();
  CHECK_FALSE(in.push(writer.take(1)));
  CHECK(in.push(1, item(entries)));
}

TEST_CASE_FIXTURE(connected,
                  "an end that does not count what came before it, or has something behind it, is refused") {
  open(true);
  REQUIRE(in.push(0, {item_kind::batch, 0, make_batch(std::vector<entry>{{1, 1}})}));
  std::vector<entry> received;
  channel_item item;
  SUBCASE("too few") {
    REQUIRE(in.push(1, {item_kind::end_of_input, 2, {}}));
    read(received);
    CHECK_FALSE(in.pop(item));
  }
  SUBCASE("behind it") {
    REQUIRE(in.push(1, {item_kind::end_of_input, 1, {}}));
    REQUIRE(in.push(2, {item_kind::watermark, 1, {}}));
    read(received);
    CHECK_FALSE(in.pop(item));
  }
  SUBCASE("later") {
    REQUIRE(in.push(1, {item_kind::end_of_input, 1, {}}));
    read(received);
    CHECK(read(received)->kind == item_kind::end_of_input);
    CHECK_FALSE(in.push(2, {item_kind::watermark, 1, {}}));
  }
}

TEST_CASE_FIXTURE(connected,
                  "a batch that an operator kept, or replaced by one of another type, is not sent back") {
  open(true);
  detail::batch_ptr given_back;
  SUBCASE("kept") {}
  SUBCASE("replaced") {
    given_back = make_batch(std::vector<note>{{"x", 1}});
  }
  std::uint64_t half = options.buffers_per_channel / 2;
  for (std::uint64_t i = 0; i < half; ++i) {
    CHECK_FALSE(in.take_credit());
    REQUIRE(in.push(i, {item_kind::batch, 0, make_batch(std::vector<entry>{{1, 1}})}));
    channel_item item;
    REQUIRE(*in.pop(item));
    in.release(i == 0 ? given_back : item.records);
  }
  auto credit = in.take_credit();
  REQUIRE(credit);
  CHECK(credit->emptied.size() == half - 1);
}
