#include "exchange/channel_ends.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using weir::channel_options;
using weir::consumer_end;
using weir::producer_end;
using weir::time_point;

namespace {

using opened = producer_end::open_result;

struct consuming {
  channel_options options{.buffers_per_channel = 4};
  consumer_end end{options};
  time_point now{};

  void start() { end.start(now); }
  void advance(std::chrono::milliseconds by) { now += by; }
  std::uint32_t sent_opening() {
    auto request = end.due(now);
    return request ? request->opening : 0;
  }
  void open() {
    start();
    end.on_opened(sent_opening());
  }
  bool take(std::uint64_t sequence) { return end.on_unit(sequence).has_value(); }
};

} // namespace

TEST_CASE("a producer sends nothing before it is opened, and never more than was granted") {
  producer_end end;
  CHECK_FALSE(end.may_send());
  CHECK(end.on_open(1, 2) == opened::opened);
  CHECK(end.take_sequence() == 0);
  CHECK(end.take_sequence() == 1);
  CHECK_FALSE(end.may_send());
  end.on_credit(3);
  CHECK(end.take_sequence() == 2);
  CHECK_FALSE(end.may_send());
}

TEST_CASE("grants are totals: one that is repeated or late adds nothing") {
  producer_end end;
  CHECK(end.on_open(1, 4) == opened::opened);
  end.on_credit(6);
  end.on_credit(6);
  end.on_credit(5);
  CHECK(end.on_open(1, 4) == opened::opened);
  for (int i = 0; i < 6; ++i) {
    CHECK(end.may_send());
    end.take_sequence();
  }
  CHECK_FALSE(end.may_send());
}

TEST_CASE(
    "a channel that breaks before its first unit opens again, with the grants of the new opening only") {
  producer_end end;
  CHECK(end.on_open(1, 8) == opened::opened);
  CHECK(end.on_lost());
  CHECK_FALSE(end.may_send());
  CHECK(end.on_open(2, 1) == opened::opened);
  end.take_sequence();
  CHECK_FALSE(end.may_send());
}

TEST_CASE(
    "a higher opening replaces a lower one of which nothing was sent, also when the break went unnoticed") {
  producer_end end;
  CHECK(end.on_open(1, 8) == opened::opened);
  CHECK(end.on_open(2, 1) == opened::opened);
  CHECK(end.on_open(1, 8) == opened::ignored);
  end.take_sequence();
  CHECK_FALSE(end.may_send());
}

TEST_CASE("a producer that has sent units fails when the channel breaks or is opened anew") {
  producer_end end;
  CHECK(end.on_open(1, 8) == opened::opened);
  end.take_sequence();
  SUBCASE("break") {
    CHECK_FALSE(end.on_lost());
  }
  SUBCASE("opened anew") {
    CHECK(end.on_open(2, 8) == opened::gone);
    CHECK_FALSE(end.may_send());
  }
  SUBCASE("but a break after the end is the consumer's matter") {
    end.end();
    CHECK(end.on_lost());
  }
}

TEST_CASE("a producer sends nothing to a consumer that has closed") {
  producer_end end;
  CHECK(end.on_open(1, 8) == opened::opened);
  end.on_closed();
  CHECK_FALSE(end.may_send());
  CHECK(end.on_open(2, 8) == opened::ignored);
  CHECK(end.on_lost());
}

TEST_CASE_FIXTURE(consuming,
                  "the same opening is asked for again, with a growing wait, until it is answered") {
  start();
  CHECK(sent_opening() == 1);
  CHECK(sent_opening() == 0);
  advance(options.open_retry_initial);
  CHECK(sent_opening() == 1);
  advance(options.open_retry_initial);
  CHECK(sent_opening() == 0);
  advance(options.open_retry_initial);
  CHECK(sent_opening() == 1);
  end.on_opened(1);
  CHECK_FALSE(end.wake_at());
  advance(1h);
  CHECK(sent_opening() == 0);
  CHECK_FALSE(end.timed_out(now));
}

TEST_CASE_FIXTURE(consuming, "the wait between two openings never exceeds its maximum") {
  start();
  for (int i = 0; i < 20; ++i) {
    CHECK(sent_opening() == 1);
    CHECK(*end.wake_at() - now <= options.open_retry_max);
    now = *end.wake_at();
    if (end.timed_out(now))
      return;
  }
}

TEST_CASE_FIXTURE(consuming, "a channel that is not open by its timeout is given up, and not before") {
  start();
  advance(options.open_timeout - 1ms);
  CHECK_FALSE(end.timed_out(now));
  CHECK(sent_opening() == 1);
  CHECK(*end.wake_at() == now + 1ms);
  advance(1ms);
  CHECK(end.timed_out(now));
}

TEST_CASE_FIXTURE(consuming, "a break before the first unit opens again with the next number, after a wait") {
  open();
  CHECK(end.on_lost(now));
  CHECK(sent_opening() == 0);
  advance(options.open_retry_initial);
  CHECK(sent_opening() == 2);
  end.on_opened(1);
  CHECK(end.wake_at());
  end.on_opened(2);
  CHECK_FALSE(end.wake_at());
}

TEST_CASE_FIXTURE(consuming, "breaks while it opens do not prolong the timeout") {
  start();
  for (int i = 0; i < 40; ++i) {
    CHECK(end.on_lost(now));
    advance(1s);
  }
  CHECK(end.timed_out(now));
}

TEST_CASE_FIXTURE(consuming, "a break after the first unit fails the consumer, unless the end has come") {
  open();
  CHECK(take(0));
  SUBCASE("before the end") {
    CHECK_FALSE(end.on_lost(now));
  }
  SUBCASE("after the end") {
    end.end();
    CHECK(end.on_lost(now));
  }
}

TEST_CASE_FIXTURE(consuming, "`gone` fails the consumer only when it answers the present opening") {
  open();
  CHECK(end.on_lost(now));
  CHECK_FALSE(end.on_gone(1));
  CHECK(end.on_gone(2));
}

TEST_CASE_FIXTURE(consuming,
                  "`gone` does not concern a channel that is open: a repeated `open` came after the end") {
  start();
  SUBCASE("the answer to the first has come") {
    end.on_opened(1);
  }
  SUBCASE("data has come") {
    CHECK(take(0));
  }
  SUBCASE("the end has come") {
    CHECK(take(0));
    end.end();
  }
  CHECK_FALSE(end.on_gone(1));
}

TEST_CASE_FIXTURE(consuming, "units must come one after another, within the grant, and not after the end") {
  CHECK_FALSE(take(0));
  open();
  CHECK_FALSE(take(1));
  CHECK(take(0));
  CHECK_FALSE(take(0));
  CHECK_FALSE(take(2));
  for (std::uint64_t i = 1; i < 4; ++i)
    CHECK(take(i));
  CHECK_FALSE(take(4));
  end.on_read();
  CHECK_FALSE(take(4));
  CHECK(end.take_grant() == 5);
  CHECK(take(4));
  end.end();
  CHECK_FALSE(take(5));
}

TEST_CASE_FIXTURE(consuming, "a grant is due when half of the window has been read since the last one") {
  open();
  for (std::uint64_t i = 0; i < 4; ++i)
    CHECK(take(i));
  end.on_read();
  CHECK_FALSE(end.grant_is_due());
  end.on_read();
  CHECK(end.grant_is_due());
  CHECK(end.take_grant() == 6);
  CHECK_FALSE(end.grant_is_due());
}

TEST_CASE("a window of one unit is granted anew after each") {
  consumer_end end{channel_options{.buffers_per_channel = 1}};
  end.start({});
  CHECK(end.on_unit(0));
  CHECK_FALSE(end.grant_is_due());
  end.on_read();
  CHECK(end.grant_is_due());
  CHECK(end.take_grant() == 2);
}
