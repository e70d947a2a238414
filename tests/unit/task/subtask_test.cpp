#include "task/subtask.hpp"

#include "in_the_middle.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace weir;
using namespace weir::testing;
using outcome = run_outcome::kind;

namespace {

bool mentions(const std::string& text, const char* what) {
  return text.find(what) != std::string::npos;
}

using openings = std::vector<noting_transport::opening>;

} // namespace

TEST_CASE_FIXTURE(in_the_middle,
                  "a task asks every producer to send, with a full window, and names its channels") {
  REQUIRE(open());
  CHECK(transport.openings == openings{{0, 1, window}, {1, 1, window}, {2, 1, window}});
  CHECK(task->name() == "middle (1/1)");
  REQUIRE(task->in_channels().size() == 3);
  CHECK(task->in_channels()[1] == channel_id{attempt(0, 1), attempt(2, 0), 0});
  CHECK(task->in_channels()[2] == channel_id{attempt(1, 0), attempt(2, 0), 1});
  CHECK(task->out_channels()[1] == channel_id{attempt(2, 0), attempt(3, 1), 2});
  CHECK(task->producer(2).address.port == 4711);
}

TEST_CASE_FIXTURE(in_the_middle,
                  "a window shrinks to what the task's network memory allows, but not to nothing") {
  SUBCASE("two frames a channel") {
    options.network_memory = 3 * 2048 * 2 + 100;
    REQUIRE(open());
    CHECK(transport.openings == openings{{0, 1, 2}, {1, 1, 2}, {2, 1, 2}});
  }
  SUBCASE("less than one") {
    options.network_memory = 1;
    REQUIRE(open());
    CHECK(transport.openings == openings{{0, 1, 1}, {1, 1, 1}, {2, 1, 1}});
  }
}

TEST_CASE_FIXTURE(in_the_middle,
                  "an open that is not answered, or with `not yet`, is sent again until it is") {
  REQUIRE(open());
  task->on_opened(0, 1);
  task->on_not_yet(1, 1);
  auto ran = run();
  CHECK(ran.what == outcome::wait);
  REQUIRE(ran.wake_at);
  CHECK(*ran.wake_at == platform.now() + options.channels.open_retry_initial);
  transport.openings.clear();
  platform.advance_to(*ran.wake_at);
  run();
  CHECK(transport.openings == openings{{1, 1, window}, {2, 1, window}});
  task->on_opened(1, 1);
  task->on_opened(2, 1);
  CHECK_FALSE(run().wake_at);
}

TEST_CASE_FIXTURE(in_the_middle,
                  "a channel that stays closed fails the task, and the cause names the producer") {
  REQUIRE(open());
  task->on_opened(0, 1);
  task->on_opened(1, 1);
  platform.advance(options.channels.open_timeout);
  auto cause = failure();
  CHECK(mentions(cause, "channel from other (1/1) at worker-7:4711"));
  CHECK(mentions(cause, "channel.open.timeout"));
}

TEST_CASE_FIXTURE(in_the_middle, "a producer that is gone before the channel is open fails the task") {
  REQUIRE(open());
  task->on_gone(1, 1, "it has ended");
  auto cause = failure();
  CHECK(mentions(cause, "channel from left (2/2)"));
  CHECK(mentions(cause, "it has ended"));
}

TEST_CASE_FIXTURE(in_the_middle, "a producer that has sent all and ended may be asked once more to open") {
  open_all();
  arrive(1, {{1, 1}});
  task->on_gone(1, 1, "it has ended");
  CHECK(run().what == outcome::wait);
}

TEST_CASE_FIXTURE(in_the_middle, "a producer that is lost before any data is opened anew") {
  open_all();
  transport.openings.clear();
  SUBCASE("lost before data") {
    task->on_producer_lost(1, "connection reset");
    platform.advance(options.channels.open_retry_initial);
    CHECK(run().what == outcome::wait);
    CHECK(transport.openings == openings{{1, 2, window}});
    task->on_gone(1, 1, "late");
    CHECK(run().what == outcome::wait);
  }
  SUBCASE("lost after data") {
    arrive(1, {{1, 1}});
    task->on_producer_lost(1, "connection reset");
    auto cause = failure();
    CHECK(mentions(cause, "channel from left (2/2)"));
    CHECK(mentions(cause, "connection reset"));
  }
}

TEST_CASE_FIXTURE(in_the_middle, "a consumer that is lost fails the task only after data was sent to it") {
  open_all();
  SUBCASE("before") {
    task->on_consumer_lost(0, "connection reset");
    CHECK(run().what == outcome::wait);
    CHECK(task->on_channel_open(task->out_channels()[0], 2, window, true).what == open_answer::kind::opened);
  }
  SUBCASE("after") {
    arrive(0, {{1, 1}});
    run();
    REQUIRE(transport.items.size() == 1);
    task->on_consumer_lost(transport.items.front().out, "connection reset");
    CHECK(mentions(failure(), "channel to right (1/2): lost after data was sent: connection reset"));
  }
  SUBCASE("it opens anew after data was sent") {
    arrive(0, {{1, 1}});
    run();
    auto answer = task->on_channel_open(task->out_channels()[0], 2, window, true);
    CHECK(answer.what == open_answer::kind::gone);
    CHECK(mentions(failure(), "opened again after data was sent"));
  }
}

TEST_CASE_FIXTURE(in_the_middle, "only the consumers of the deployment may open a channel") {
  open_all();
  auto channel = task->out_channels()[0];
  channel.consumer = attempt(3, 0, 2); // another attempt of the same subtask
  CHECK(task->on_channel_open(channel, 1, window, true).what == open_answer::kind::gone);
  CHECK(task->on_channel_open(task->out_channels()[0], 1, window, true).what == open_answer::kind::opened);
  CHECK(run().what == outcome::wait);
}

TEST_CASE_FIXTURE(in_the_middle, "a task reads nothing while one of its outgoing channels has no credit") {
  bool local = true;
  SUBCASE("local") {}
  SUBCASE("remote") {
    local = false;
    graph->buffer_timeout_ms = 0; // a frame for each batch
  }
  open_all(1, local);
  auto count = [&] { return transport.items.size() + transport.frames.size(); };
  for (int i = 0; i < 3; ++i)
    arrive(0, {{1, 1}});
  CHECK(run().what == outcome::wait);
  CHECK(count() == 1); // the next one would go to the other channel, but the task cannot know
  task->on_credit(1, 5, {});
  run();
  CHECK(count() == 1);
  task->on_credit(0, 2, {});
  run();
  CHECK(count() == 3);
}

TEST_CASE_FIXTURE(in_the_middle, "each batch that is read gives its producer credit") {
  open_all();
  arrive(2, {{1, 1}});
  arrive(2, {{2, 2}});
  run();
  // rebalance sent the batches on, so no memory goes back, and the credit waits until it is worth a message
  CHECK(transport.grants == std::vector<noting_transport::grant_note>{{2, window + 2}});
}

TEST_CASE_FIXTURE(in_the_middle, "run() stops after its number of batches and says that there is more") {
  open_all();
  for (int i = 0; i < 3; ++i)
    arrive(0, {{1, 1}});
  CHECK(run(2).what == outcome::more);
  CHECK(transport.items.size() == 2);
  CHECK(run(1).what == outcome::wait);
  CHECK(transport.items.size() == 3);
}

TEST_CASE_FIXTURE(in_the_middle, "run() stops early when its batches take long") {
  work = [this](entry&) { platform.advance(1s); };
  open_all();
  for (int i = 0; i < 4; ++i)
    arrive(0, {{1, 1}});
  CHECK(run(4).what == outcome::more);
  CHECK(transport.items.size() == 2);
  CHECK(run(4).what == outcome::wait);
  CHECK(transport.items.size() == 4);
}

TEST_CASE_FIXTURE(in_the_middle, "a record waits for its batch no longer than the buffer timeout") {
  middle_operator = make<expanding_operator>(
      expanding_operator::function{[](std::uint32_t, entry one) { return std::vector<entry>{one}; }});
  bool local = true;
  SUBCASE("10 ms, local") {
    graph->buffer_timeout_ms = 10;
  }
  SUBCASE("10 ms, remote") {
    graph->buffer_timeout_ms = 10;
    local = false;
  }
  SUBCASE("0: at once") {
    graph->buffer_timeout_ms = 0;
  }
  SUBCASE("-1: never") {
    graph->buffer_timeout_ms = -1;
  }
  open_all(window, local);
  arrive(0, {{1, 1}});
  auto ran = run();
  auto count = [&] { return transport.items.size() + transport.frames.size(); };
  std::int64_t timeout = graph->buffer_timeout_ms;
  if (timeout == 0) {
    CHECK(count() == 1);
    CHECK_FALSE(ran.wake_at);
    return;
  }
  CHECK(count() == 0);
  if (timeout < 0) {
    CHECK_FALSE(ran.wake_at);
    platform.advance(1h);
    run();
    CHECK(count() == 0);
    return;
  }
  REQUIRE(ran.wake_at);
  CHECK(*ran.wake_at == platform.now() + 10ms);
  platform.advance(9ms);
  arrive(0, {{2, 2}});
  run();
  CHECK(count() == 0);
  platform.advance(1ms);
  ran = run();
  CHECK(count() == 1);
  CHECK_FALSE(ran.wake_at);
}

TEST_CASE_FIXTURE(in_the_middle,
                  "time is the least of all channels and goes to every consumer, behind the records") {
  middle_operator = make<expanding_operator>(
      expanding_operator::function{[](std::uint32_t, entry one) { return std::vector<entry>{one}; }});
  open_all();
  arrive(0, {{1, 1}});
  arrive_event(0, item_kind::watermark, 30);
  arrive_event(1, item_kind::watermark, 20);
  run();
  CHECK(transport.items.empty());
  arrive_event(2, item_kind::watermark, 25);
  run();
  using enum item_kind;
  CHECK(sent_kinds(0) == std::vector<item_kind>{batch, watermark});
  CHECK(sent_kinds(1) == std::vector<item_kind>{watermark});
  CHECK(transport.items.back().item.payload == 20);
}

TEST_CASE_FIXTURE(in_the_middle,
                  "a task has finished when all inputs have ended and all output is sent, not before") {
  open_all(1);
  arrive(0, {{1, 1}});
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_event(in, item_kind::end_of_input, in == 0 ? 1 : 0);
  CHECK(run().what == outcome::wait); // channel 0 has had its one batch
  CHECK(transport.closed.empty());
  task->on_credit(0, 2, {});
  CHECK(run().what == outcome::finished);
  CHECK(transport.closed == std::vector<std::uint32_t>{1, 2, 0});
  using enum item_kind;
  CHECK(sent_kinds(0) == std::vector<item_kind>{batch, end_of_input});
  CHECK(sent_kinds(1) == std::vector<item_kind>{end_of_input});
  CHECK(transport.items[1].item.payload == 1);
  task->close();
  CHECK(transport.closed.size() == 3);
}

TEST_CASE_FIXTURE(in_the_middle, "the end waits for credit like any other item") {
  open_all(1);
  arrive(0, {{1, 1}});
  run();
  task->on_credit(0, 2, {});
  arrive(0, {{2, 2}});
  run();
  for (std::uint32_t in = 0; in < 3; ++in)
    arrive_event(in, item_kind::end_of_input, in == 0 ? 2 : 0);
  CHECK(run().what == outcome::wait);
  task->on_credit(1, 2, {});
  CHECK(run().what == outcome::finished);
  CHECK(transport.items.size() == 4);
}

TEST_CASE_FIXTURE(in_the_middle,
                  "what a channel must not carry fails the task, and the cause names the channel") {
  open_all();
  SUBCASE("a gap") {
    sent[1] = 1;
    arrive(1, {{1, 1}});
    CHECK(mentions(failure(), "channel from left (2/2) at worker-7:4711: expected number 0, got 1"));
  }
  SUBCASE("more than was granted") {
    for (std::uint32_t i = 0; i < window + 1; ++i)
      arrive(1, {{1, 1}});
    CHECK(mentions(failure(), "only 4 were granted"));
  }
  SUBCASE("a frame that is none") {
    task->on_frame(1, std::vector<char>(40, 'x'));
    CHECK(mentions(failure(), "channel from left (2/2)"));
  }
  SUBCASE("a frame with records that are none") {
    std::vector<char> frame(12 + 5 + 8);
    frame[8] = 1;
    frame[12] = 1;
    frame[13] = 8;
    frame[17] = 100;
    task->on_frame(1, frame);
    auto cause = failure();
    CHECK(mentions(cause, "channel from left (2/2)"));
    CHECK(mentions(cause, "malformed frame"));
  }
  SUBCASE("records of another type") {
    task->on_item(1, 0, {item_kind::batch, 0, make_batch(std::vector<note>{{"x", 1}})});
    CHECK(mentions(failure(), "channel from left (2/2)"));
  }
  SUBCASE("an event that means nothing here") {
    arrive_event(1, item_kind::barrier, 1);
    CHECK(mentions(failure(), "channel from left (2/2) at worker-7:4711: unexpected event"));
  }
}

TEST_CASE_FIXTURE(in_the_middle, "after a failure the task does nothing more, and keeps its first cause") {
  work = [](entry& one) {
    if (one.key == 13)
      throw std::runtime_error{"unlucky"};
  };
  open_all();
  arrive(0, {{13, 1}});
  arrive(0, {{1, 1}});
  CHECK(failure() == "operator 'middle': unlucky");
  task->on_gone(1, 1, "late");
  CHECK(failure() == "operator 'middle': unlucky");
  CHECK(transport.items.empty());
  CHECK(task->on_channel_open(task->out_channels()[0], 1, window, true).what == open_answer::kind::gone);
  task->close();
  CHECK(transport.closed == std::vector<std::uint32_t>{0, 1, 2});
}

TEST_CASE_FIXTURE(in_the_middle, "a canceled task stops between two batches") {
  work = [this](entry& one) {
    if (one.key == 2)
      task->cancel_flag()->store(true);
  };
  open_all();
  for (std::uint64_t i = 1; i <= 3; ++i)
    arrive(0, {{i, i}});
  CHECK(run().what == outcome::canceled);
  CHECK(transport.items.size() == 2);
  CHECK(run().what == outcome::canceled);
}

TEST_CASE_FIXTURE(in_the_middle,
                  "a source in the chain is polled in turn with the channels, and rests when it is idle") {
  with_source = true;
  open_all(1000);
  for (std::uint64_t i = 0; i < 4; ++i)
    arrive(0, {{9000 + i, 0}});
  run(6);
  std::vector<bool> of_source;
  for (const auto& one : transport.items)
    of_source.push_back(records_of<entry>(*one.item.records).front().key < 9000);
  CHECK(of_source == std::vector<bool>{true, false, true, false, true, false});
  auto ran = run();
  CHECK(ran.what == outcome::wait);
  REQUIRE(ran.wake_at);
  CHECK(*ran.wake_at == platform.now() + 3ms);
  auto before = transport.items.size();
  run();
  CHECK(transport.items.size() == before);
  platform.advance(3ms);
  run();
  CHECK(transport.items.size() > before);
}

TEST_CASE_FIXTURE(in_the_middle, "time is counted as busy, idle and backpressured") {
  work = [this](entry&) { platform.advance(5ms); };
  open_all(2);
  platform.advance(7ms);
  run();
  platform.advance(10ms);
  arrive(0, {{1, 1}});
  arrive(0, {{1, 1}});
  arrive(0, {{1, 1}});
  run(1);
  run(100);
  platform.advance(20ms);
  run();
  auto metrics = task->metrics();
  CHECK(metrics.busy_ms == 15);
  CHECK(metrics.idle_ms == 17);
  CHECK(metrics.backpressured_ms == 20);
  CHECK(metrics.records_in == 3);
  CHECK(metrics.records_out == 3);
}

TEST_CASE_FIXTURE(in_the_middle, "a deployment that does not fit the graph is refused") {
  build();
  auto wrong = setup();
  SUBCASE("a producer too few") {
    wrong.producers.pop_back();
  }
  SUBCASE("a producer of another vertex") {
    wrong.producers[0].attempt.vertex = 1;
  }
  SUBCASE("a consumer twice") {
    wrong.consumers.push_back(wrong.consumers.back());
  }
  SUBCASE("an edge that is not there") {
    wrong.consumers[0].edge = 99;
  }
  SUBCASE("a vertex that is not there") {
    wrong.attempt.vertex = 9;
  }
  SUBCASE("a subtask that is not there") {
    wrong.attempt.subtask = 1;
  }
  SUBCASE("channels without buffers") {
    wrong.options.channels.buffers_per_channel = 0;
  }
  subtask refused{wrong, platform, transport};
  CHECK_FALSE(refused.open());
  CHECK(transport.openings.empty());
  CHECK(refused.run(1).what == outcome::failed);
}
