#include "chained.hpp"

#include <functional>

using namespace weir;
using namespace weir::testing;
using detail::batch_ptr;
using detail::event_time;
using detail::stream_operator;

namespace {

/// Notes what happens to it and leaves the rest to the test.
struct own_time : noting {
  using noting::noting;
  void open(detail::operator_context& given) override {
    noting::open(given);
    context = &given;
  }
  [[nodiscard]] bool makes_time() const override { return true; }
  void on_processing_time(std::int64_t) override { note("wake"); }
  detail::operator_context* context = nullptr;
};

/// Emits what the test gives it.
struct puppet : detail::source_operator {
  void open(detail::operator_context& given) override { context = &given; }
  status poll() override { return status::idle; }
  void emit() {
    auto batch = make_batch(two);
    context->out()->emit(batch);
  }
  detail::operator_context* context = nullptr;
};

struct timed_chain : chained {
  template <class Operator, class... Args>
  detail::operator_factory kept(Operator*& to, Args... args) {
    return [&to, args...] {
      auto made = std::make_unique<Operator>(args...);
      to = made.get();
      return made;
    };
  }

  detail::operator_factory own(own_time*& to, std::string name) {
    return [this, &to, name] {
      auto made = std::make_unique<own_time>(notes, name);
      to = made.get();
      return made;
    };
  }
};

/// Two sources in the chain of the operator that reads both.
struct two_sources : timed_chain {
  two_sources() {
    auto a = add("left", {}, kept(left));
    auto b = add("right", {}, kept(right));
    auto both = add("both", {{a, 0}, {b, 1}}, plain("both"));
    auto next = add("next", {{both}}, plain("next"), true);
    auto outside = add("outside", {{both}}, plain("outside"), true);
    vertex({a, b, both, next});
    vertex({outside});
    connect();
    REQUIRE(start(0, {},
                  {{0, &exit, [this](bool idle) { notes.push_back(idle ? "exit idle" : "exit active"); }}}));
    take();
  }

  puppet* left = nullptr;
  puppet* right = nullptr;
};

} // namespace

TEST_CASE_FIXTURE(timed_chain,
                  "watermarks end at an operator that makes time, and its own go on from there") {
  own_time* op = nullptr;
  auto source = add("source", {}, plain("source"));
  auto a = add("a", {{source}}, own(op, "a"));
  auto b = add("b", {{a}}, plain("b", true));
  auto c = add("c", {{b}}, plain("c"), true);
  vertex({source});
  vertex({a, b, c});
  connect();
  REQUIRE(start(1, {{0, 1}}));
  take();
  REQUIRE(chain->on_watermark(0, 0, 5));
  CHECK(take() == diary{"a.time 5"});
  REQUIRE(send(0, two));
  take();
  op->context->emit_watermark(3);
  CHECK(take() == diary{"b.flush", "c.process 0 2", "b.time 3", "c.time 3"});
  op->context->emit_watermark(3);
  op->context->emit_watermark(2);
  CHECK(take().empty());
  op->context->emit_watermark(detail::max_event_time);
  CHECK(take() == diary{"b.time " + std::to_string(detail::max_event_time - 1),
                        "c.time " + std::to_string(detail::max_event_time - 1)});
  REQUIRE(chain->end_of_input(0, 0));
  take();
  REQUIRE(chain->drain());
  CHECK(take() == diary{"a.drain", "b.time max", "b.end 0"});
}

TEST_CASE_FIXTURE(two_sources, "an idle source holds nothing back, until its next record or watermark") {
  left->context->emit_watermark(10);
  CHECK(take().empty());
  right->context->set_idle();
  CHECK(take() == diary{"both.time 10", "exit.time 10", "next.time 10"});
  left->context->emit_watermark(20);
  CHECK(take() == diary{"both.time 20", "exit.time 20", "next.time 20"});

  SUBCASE("a record") {
    right->emit();
    take();
  }
  SUBCASE("a watermark that is behind takes no time back") {
    right->context->emit_watermark(15);
    CHECK(take().empty());
  }
  left->context->emit_watermark(30);
  CHECK(take().empty());
  right->context->emit_watermark(25);
  CHECK(take() == diary{"both.time 25", "exit.time 25", "next.time 25"});
}

TEST_CASE_FIXTURE(two_sources,
                  "when all inputs are idle time is that of the furthest, and the readers are told") {
  right->context->emit_watermark(40);
  left->context->emit_watermark(10);
  take();
  bool left_first = true;
  SUBCASE("the one behind first") {}
  SUBCASE("the one ahead first") {
    left_first = false;
  }
  (left_first ? left : right)->context->set_idle();
  (left_first ? right : left)->context->set_idle();
  CHECK(take() == diary{"both.time 40", "exit.time 40", "next.time 40", "exit idle"});
  left->context->set_idle();
  CHECK(take().empty());
  left->emit();
  CHECK(take() == diary{"exit active", "both.process 0 2", "exit.process 0 2", "next.process 0 2"});
  right->emit();
  CHECK(take() == diary{"both.process 1 2", "exit.process 0 2", "next.process 0 2"});
}

TEST_CASE_FIXTURE(timed_chain, "idleness of channels goes through a chain like that of sources") {
  auto source = add("source", {}, plain("source"));
  auto a = add("a", {{source}}, plain("a"));
  auto outside = add("outside", {{a}}, plain("outside"), true);
  vertex({source});
  vertex({a});
  vertex({outside});
  connect();
  REQUIRE(start(1, {{0, 3}},
                {{1, &exit, [this](bool idle) { notes.push_back(idle ? "exit idle" : "exit active"); }}}));
  take();
  REQUIRE(chain->on_idleness(0, 0, true));
  REQUIRE(chain->on_idleness(0, 1, true));
  CHECK(take().empty());
  REQUIRE(chain->end_of_input(0, 2)); // the last active one
  CHECK(take() == diary{"exit idle"});
  REQUIRE(chain->on_idleness(0, 1, false));
  CHECK(take() == diary{"exit active"});
  REQUIRE(chain->on_watermark(0, 1, 7));
  CHECK(take() == diary{"a.time 7", "exit.time 7"});
}

TEST_CASE_FIXTURE(timed_chain, "an operator is woken once, at the earliest time that it asked for") {
  own_time *a = nullptr, *b = nullptr;
  auto source = add("source", {}, plain("source"));
  auto first = add("a", {{source}}, own(a, "a"));
  auto second = add("b", {{first}}, own(b, "b"), true);
  vertex({source});
  vertex({first, second});
  connect();
  REQUIRE(start(1, {{0, 1}}));
  take();
  CHECK_FALSE(chain->wake_at_wall_ms());
  std::int64_t now = a->context->wall_ms();
  a->context->wake_at(now + 50);
  a->context->wake_at(now + 20);
  a->context->wake_at(now + 90);
  b->context->wake_at(now + 30);
  CHECK(chain->wake_at_wall_ms() == now + 20);
  REQUIRE(chain->on_processing_time(now + 20));
  CHECK(take() == diary{"a.wake"});
  CHECK(chain->wake_at_wall_ms() == now + 30);
  REQUIRE(chain->on_processing_time(now + 100));
  CHECK(take() == diary{"b.wake"});
  CHECK_FALSE(chain->wake_at_wall_ms());
  // After its end nobody is woken.
  a->context->wake_at(now + 200);
  REQUIRE(chain->end_of_input(0, 0));
  while (!chain->ended())
    REQUIRE(chain->drain());
  take();
  REQUIRE(chain->on_processing_time(now + 300));
  CHECK(take().empty());
}

TEST_CASE_FIXTURE(timed_chain, "an operator that holds its input holds only what leads to it") {
  puppet *left = nullptr, *right = nullptr;
  own_time *on_left = nullptr, *on_all = nullptr;
  auto network = add("network", {}, plain("network"));
  auto a = add("left", {}, kept(left));
  auto b = add("right", {}, kept(right));
  auto c = add("on left", {{a}}, own(on_left, "on left"));
  auto all = add("all", {{c, 0}, {b, 1}, {network, 2}}, own(on_all, "all"), true);
  vertex({network});
  vertex({a, b, c, all});
  connect();
  REQUIRE(start(1, {{0, 1}}));
  on_left->context->hold_input(true);
  on_left->context->hold_input(true);
  CHECK(chain->is_held_source(0));
  CHECK_FALSE(chain->is_held_source(1));
  CHECK_FALSE(chain->is_held_entry(0));
  on_all->context->hold_input(true);
  CHECK(chain->is_held_source(1));
  CHECK(chain->is_held_entry(0));
  CHECK_FALSE(chain->take_released());
  on_left->context->hold_input(false);
  CHECK(chain->take_released());
  CHECK(chain->is_held_source(0)); // by the other one
  on_all->context->hold_input(false);
  CHECK_FALSE(chain->is_held_source(0));
  CHECK_FALSE(chain->is_held_entry(0));
}

TEST_CASE_FIXTURE(timed_chain, "a side output has readers and edges of its own, and the same time") {
  puppet* source = nullptr;
  auto a = add("source", {}, kept(source));
  const auto& record = detail::record_type_of<entry>();
  code->nodes[a].side_outputs = {{"unread", &record}, {"late", &record}};
  auto main = add("main", {{a}}, plain("main"), true);
  auto late = add("late", {{.from = a, .output = 2}}, plain("late"), true);
  auto outside = add("outside", {{.from = a, .output = 2}}, plain("outside"), true);
  vertex({a, main, late});
  vertex({outside});
  connect();
  CHECK(graph->edges[0].from_output == 2);
  REQUIRE(start(0, {}, {{0, &exit}}));
  take();
  auto emit_to = [&](std::uint32_t side) {
    auto batch = make_batch(two);
    source->context->side_out(side)->emit(batch);
  };
  emit_to(1);
  CHECK(take() == diary{"exit.process 0 2", "late.process 0 2"});
  emit_to(0);
  CHECK(take().empty());
  source->emit();
  CHECK(take() == diary{"main.process 0 2"});
  source->context->emit_watermark(4);
  CHECK(take() == diary{"exit.time 4", "main.time 4", "late.time 4"});
  source->context->set_idle();
  emit_to(1);
  take();
  source->context->emit_watermark(5);
  CHECK(take() == diary{"exit.time 5", "main.time 5", "late.time 5"});
}
