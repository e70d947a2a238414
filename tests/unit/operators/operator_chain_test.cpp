#include "chained.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;
using detail::batch_ptr;
using detail::event_time;
using detail::stream_operator;

TEST_CASE_FIXTURE(chained, "readers are opened before what they read, and all are closed once") {
  auto source = add("source", {}, plain("source"));
  auto a = add("a", {{source}}, plain("a"));
  auto b = add("b", {{a}}, plain("b"), true);
  vertex({source});
  vertex({a, b});
  connect();
  REQUIRE(start(1, {{0, 1}}));
  CHECK(take() == diary{"b.open", "a.open"});
  chain->close();
  chain.reset();
  CHECK(take() == diary{"a.close", "b.close"});
}

TEST_CASE_FIXTURE(chained,
                  "every reader of an operator gets its records, and no one sees what another does to them") {
  struct spoiling : stream_operator {
    void process(std::uint32_t, batch_ptr& records) override {
      for (const entry& one : records_of<entry>(*records))
        seen.push_back(one);
      static_cast<detail::batch<entry>&>(*records).values()[0] = {99, 99};
    }
    explicit spoiling(std::vector<entry>& to) : seen{to} {}
    std::vector<entry>& seen;
  };
  std::vector<entry> seen[3];
  auto source = add("source", {}, plain("source"));
  auto a = add("a", {{source}}, plain("a"));
  std::vector<std::uint32_t> nodes{a};
  for (auto& into : seen)
    nodes.push_back(add(
        "spoil", {{a}}, [&into] { return std::make_unique<spoiling>(into); }, true));
  vertex({source});
  vertex(nodes);
  connect();
  REQUIRE(start(1, {{0, 1}}));
  REQUIRE(send(0, two));
  REQUIRE(send(0, {{3, 3}}));
  for (const auto& into : seen)
    CHECK(into == std::vector<entry>{{1, 1}, {2, 2}, {3, 3}});
  CHECK(chain->counts()[0].records_in == 3);
  CHECK(chain->counts()[0].records_out == 3);
  CHECK(chain->counts()[3].records_in == 3);
}

TEST_CASE_FIXTURE(chained, "an operator with two inputs gets time as the least of both, and each end") {
  auto left = add("left", {}, plain("left"));
  auto right = add("right", {}, plain("right"));
  auto both = add("both", {{left, 0}, {right, 1}}, plain("both", true));
  auto end = add("end", {{both}}, plain("end"), true);
  vertex({left});
  vertex({right});
  vertex({both, end});
  connect();
  REQUIRE(start(2, {{0, 2}, {1, 1}}));
  take();
  REQUIRE(send(1, two));
  CHECK(take() == diary{"both.process 1 2"});
  REQUIRE(chain->on_watermark(0, 0, 5));
  REQUIRE(chain->on_watermark(0, 1, 7));
  CHECK(take().empty());
  REQUIRE(chain->on_watermark(1, 0, 6));
  CHECK(take() == diary{"both.flush", "end.process 0 2", "both.time 5", "end.time 5"});
  REQUIRE(chain->end_of_input(0, 0)); // holds nothing back any more
  CHECK(take() == diary{"both.time 6", "end.time 6"});
  REQUIRE(chain->end_of_input(0, 1));
  CHECK(take() == diary{"both.end 0"});
  CHECK_FALSE(chain->draining());
  REQUIRE(send(1, two));
  take();
  REQUIRE(chain->end_of_input(1, 0));
  CHECK(take() == diary{"both.flush", "end.process 0 2", "both.time max", "both.end 1"});
  REQUIRE(chain->draining());
  REQUIRE(chain->drain());
  CHECK(take() == diary{"both.drain", "end.time max", "end.end 0"});
  CHECK_FALSE(chain->ended());
  REQUIRE(chain->drain());
  CHECK(take() == diary{"end.drain"});
  CHECK(chain->ended());
}

TEST_CASE_FIXTURE(chained, "an input that several streams bring ends with the last of them") {
  auto left = add("left", {}, plain("left"));
  auto right = add("right", {}, plain("right"));
  auto all = add("all", {{left, 0}, {right, 0}}, plain("all"), true);
  vertex({left});
  vertex({right});
  vertex({all});
  connect();
  REQUIRE(start(2, {{0, 1}, {1, 1}}));
  take();
  REQUIRE(chain->end_of_input(1, 0));
  CHECK(take().empty());
  REQUIRE(chain->end_of_input(0, 0));
  CHECK(take() == diary{"all.time max", "all.end 0"});
}

TEST_CASE_FIXTURE(chained, "an input without channels ends when the chain opens") {
  auto left = add("left", {}, plain("left"));
  auto all = add("all", {{left, 0}}, plain("all"), true);
  vertex({left});
  vertex({all});
  connect();
  REQUIRE(start(1, {{0, 0}}));
  CHECK(take() == diary{"all.open", "all.end 0"});
  REQUIRE(chain->drain());
  CHECK(chain->ended());
}

TEST_CASE_FIXTURE(chained,
                  "an operator is drained until it says so, before what reads it is told of the end") {
  auto left = add("left", {}, plain("left"));
  auto big = add("big", {{left}}, [this] {
    auto made = std::make_unique<noting>(notes, "big");
    made->drains = 2;
    return made;
  });
  auto end = add("end", {{big}}, plain("end"), true);
  vertex({left});
  vertex({big, end});
  connect();
  REQUIRE(start(1, {{0, 1}}));
  REQUIRE(chain->end_of_input(0, 0));
  take();
  for (int i = 0; i < 3; ++i)
    REQUIRE(chain->drain());
  CHECK(take() == diary{"big.drain", "big.drain", "big.drain", "end.time max", "end.end 0"});
}

TEST_CASE_FIXTURE(chained, "flush goes in the order of the chain, the exits last") {
  auto source = add("source", {}, plain("source"));
  auto a = add("a", {{source}}, plain("a", true));
  auto b = add("b", {{a}}, plain("b", true));
  auto next = add("next", {{b}}, plain("next"), true);
  vertex({source});
  vertex({a, b});
  vertex({next});
  connect();
  REQUIRE(start(1, {{0, 1}}, {{1, &exit}}));
  take();
  REQUIRE(send(0, two));
  REQUIRE(chain->flush());
  CHECK(take() == diary{"a.process 0 2", "a.flush", "b.process 0 2", "b.flush", "exit.process 0 2"});
  REQUIRE(send(0, two));
  REQUIRE(chain->on_watermark(0, 0, 8));
  REQUIRE(chain->end_of_input(0, 0));
  while (!chain->ended())
    REQUIRE(chain->drain());
  CHECK(take() == diary{"a.process 0 2", "a.flush", "b.process 0 2", "a.time 8", "b.flush",
                        "exit.process 0 2", "b.time 8", "exit.time 8", "a.time max", "a.end 0", "a.drain",
                        "b.time max", "b.end 0", "b.drain", "exit.time max", "exit.end 0", "exit.drain"});
}

TEST_CASE_FIXTURE(chained,
                  "an exception names the operator whose code threw it, wherever it was called from") {
  struct throwing : stream_operator {
    explicit throwing(std::string at) : at{std::move(at)} {}
    void fail(const std::string& here) {
      if (here == at)
        throw std::runtime_error{"broken"};
    }
    void open(detail::operator_context&) override { fail("open"); }
    void process(std::uint32_t, batch_ptr&) override { fail("process"); }
    void flush() override { fail("flush"); }
    void on_watermark(event_time) override { fail("time"); }
    void end_of_input(std::uint32_t) override { fail("end"); }
    bool drain() override {
      fail("drain");
      return false;
    }
    std::string at;
  };
  std::string at;
  for (const char* place : {"make", "open", "process", "flush", "time", "end", "drain"}) {
    at = place;
    chained fresh;
    auto source = fresh.add("source", {}, fresh.plain("source"));
    auto a = fresh.add("a", {{source}}, fresh.plain("a"));
    auto bad = fresh.add("bad", {{a}}, [&]() -> std::unique_ptr<stream_operator> {
      if (at == "make")
        throw std::runtime_error{"broken"};
      return std::make_unique<throwing>(at);
    });
    auto other = fresh.add("other", {{a}}, fresh.plain("other"));
    fresh.vertex({source});
    fresh.vertex({a, bad, other});
    fresh.connect();
    auto happened = fresh.start(1, {{0, 1}});
    if (happened)
      happened = fresh.send(0, two);
    if (happened)
      happened = fresh.chain->flush();
    if (happened)
      happened = fresh.chain->on_watermark(0, 0, 1);
    if (happened)
      happened = fresh.chain->end_of_input(0, 0);
    while (happened && fresh.chain->draining())
      happened = fresh.chain->drain();
    REQUIRE_FALSE(happened);
    CHECK(happened.failure().message() == "operator 'bad': broken");
  }
}

TEST_CASE_FIXTURE(chained, "what is thrown need not be a std::exception") {
  struct throwing : stream_operator {
    void process(std::uint32_t, batch_ptr&) override { throw 7; }
  };
  auto source = add("source", {}, plain("source"));
  auto bad = add(
      "bad", {{source}}, [] { return std::make_unique<throwing>(); }, true);
  vertex({source});
  vertex({bad});
  connect();
  REQUIRE(start(1, {{0, 1}}));
  CHECK(send(0, two).failure().message().find("'bad'") != std::string::npos);
}

TEST_CASE_FIXTURE(chained, "sources are polled one by one, and an ended one is drained like any operator") {
  struct counting : detail::source_operator {
    explicit counting(std::uint64_t to) : to{to} {}
    void open(detail::operator_context& context) override { out = context.out(); }
    status poll() override {
      auto batch = make_batch(std::vector<entry>{{at, at}});
      out->emit(batch);
      return ++at < to ? status::more : status::ended;
    }
    std::uint64_t at = 0;
    std::uint64_t to;
    detail::output* out = nullptr;
  };
  auto left = add("left", {}, [] { return std::make_unique<counting>(1); });
  auto right = add("right", {}, [] { return std::make_unique<counting>(2); });
  auto all = add("all", {{left, 0}, {right, 1}}, plain("all"), true);
  vertex({left, right, all});
  connect();
  REQUIRE(start(0, {}));
  REQUIRE(chain->sources() == 2);
  take();
  CHECK(*chain->poll(0) == detail::source_operator::status::ended);
  REQUIRE(chain->drain());
  CHECK(take() == diary{"all.process 0 1", "all.end 0"});
  CHECK(*chain->poll(1) == detail::source_operator::status::more);
  CHECK(*chain->poll(1) == detail::source_operator::status::ended);
  while (!chain->ended())
    REQUIRE(chain->drain());
  CHECK(take() == diary{"all.process 1 1", "all.process 1 1", "all.time max", "all.end 1", "all.drain"});
  CHECK(chain->counts()[2].records_in == 3);
}

TEST_CASE_FIXTURE(chained,
                  "an operator without inputs that is no source, and an edge nobody serves, are refused") {
  auto a = add("a", {}, plain("a"));
  auto b = add("b", {{a}}, plain("b"));
  auto c = add("c", {{b}}, plain("c"));
  vertex({a});
  vertex({b});
  vertex({c});
  connect();
  CHECK_FALSE(start(0, {}));
  CHECK_FALSE(start(0, {}, {{0, &exit}}));
  CHECK_FALSE(start(1, {{0, 1}}));
  CHECK_FALSE(start(1, {}, {{1, &exit}}));
  CHECK(start(1, {{0, 1}}, {{1, &exit}}));
}

TEST_CASE_FIXTURE(chained, "an operator sees its subtask, and its results are kept by name up to the limit") {
  struct asking : stream_operator {
    void open(detail::operator_context& context) override { at = &context; }
    void process(std::uint32_t, batch_ptr& records) override {
      for (const entry& one : records_of<entry>(*records))
        at->add_result(one.key == 0 ? "zero" : "other", std::string(one.value, 'x'));
    }
    detail::operator_context* at = nullptr;
  };
  asking* op = nullptr;
  auto source = add("source", {}, plain("source"));
  auto sink = add(
      "sink", {{source}},
      [&] {
        auto made = std::make_unique<asking>();
        op = made.get();
        return made;
      },
      true);
  vertex({source});
  vertex({sink}, 4);
  graph->vertices[1].max_parallelism = 64;
  connect();
  REQUIRE(start(1, {{0, 1}}));
  CHECK(op->at->subtask() == 0);
  CHECK(op->at->parallelism() == 4);
  CHECK(op->at->max_parallelism() == 64);
  CHECK(op->at->attempt() == 3);
  CHECK(op->at->job() == std::string(32, '0'));
  CHECK(op->at->name() == "sink");
  CHECK(op->at->out() == nullptr);
  CHECK_FALSE(op->at->canceled());
  canceled = true;
  CHECK(op->at->canceled());
  REQUIRE(send(0, {{0, 2}, {1, 1}, {0, 1}}));
  auto results = chain->take_results();
  REQUIRE(results.size() == 2);
  CHECK(results[0] == task_result{"zero", "xxx"});
  CHECK(results[1] == task_result{"other", "x"});
  auto too_much = send(0, {{0, 90}});
  REQUIRE_FALSE(too_much);
  CHECK(too_much.failure().message().find("collect.max-size") != std::string::npos);
}
