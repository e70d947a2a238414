// Which cards spend more than the rules allow? The rules change while the job runs, and are broadcast to all
// subtasks; what a card did is kept by card.
//
//   weir run -p 2 fraud_rules.so --output=FOLDER [--events=50000]
//
// Transactions and rules are made up. A line of the output is a time, a card, the rule it broke, what it
// spent.

#include <weir/weir.hpp>

#include <chrono>
#include <iterator>
#include <map>
#include <stdexcept>

using namespace std::chrono_literals;

struct transaction {
  std::int64_t at;
  std::string card;
  std::int64_t amount;
};

struct rule {
  std::int64_t from;
  std::string name;
  std::int64_t most;
  std::int64_t seconds; // A card may spend `most` in so many seconds.
};

struct alert {
  std::int64_t at;
  std::string card;
  std::string broken;
  std::int64_t spent;
};

// The versions of each rule, by the time from which they hold.
const auto rules_state = weir::map<std::string, std::map<std::int64_t, rule>>("rules");

// Transactions are kept for an hour: no rule looks back further.
constexpr std::int64_t remembered = 3'600'000;

// Rules and transactions come in any order. So a transaction is judged when event time has reached it, by the
// rules that hold at its time, which are all there by then. Later rules that are there as well do not count.
struct find_fraud {
  weir::map_state<std::int64_t, std::int64_t> spent; // amounts of a card, by time

  void open(weir::keyed_function_context<std::string>& context) {
    spent = context.state(weir::map<std::int64_t, std::int64_t>("spent"));
  }
  void process_broadcast(const rule& one, auto& context, weir::collector<alert>&) {
    if (one.seconds * 1000 > remembered)
      throw std::invalid_argument{"rule '" + one.name + "' looks back further than an hour"};
    context.broadcast(rules_state).change(one.name)[one.from] = one;
  }
  void process_keyed(const transaction& one, auto& context, weir::collector<alert>&) {
    spent.change(one.at) += one.amount;
    context.timers().event(one.at);              // to judge it
    context.timers().event(one.at + remembered); // to forget it
  }
  void on_timer(std::int64_t time, auto& context, weir::collector<alert>& out) {
    spent.remove(time - remembered);
    if (!spent.contains(time))
      return;
    context.broadcast(rules_state).for_each([&](const std::string& name, const auto& versions) {
      auto later = versions.upper_bound(time);
      if (later == versions.begin())
        return; // holds only from then on
      const rule& holds = std::prev(later)->second;
      std::int64_t sum = 0;
      spent.for_each([&](std::int64_t at, std::int64_t amount) {
        if (at <= time && at > time - holds.seconds * 1000)
          sum += amount;
      });
      if (sum > holds.most)
        out.emit(time, context.key(), name, sum);
    });
  }
};

weir::stream<alert> alerts(const weir::stream<transaction>& transactions, const weir::stream<rule>& rules) {
  return transactions.key_by(&transaction::card)
      .connect(rules.broadcast_state(rules_state))
      .process<alert>(find_fraud{});
}

constexpr std::int64_t midnight = 1'767'225'600'000;

// A transaction a second, up to half a minute late. Each ten minutes another card is stolen, and used every
// five seconds for a while.
transaction made_up_transaction(std::uint64_t n) {
  std::uint64_t random = (n ^ 0x5851f42d4c957f2d) * 0x9e3779b97f4a7c15; // the same for the same n …
  random = (random ^ random >> 32) * 0x94d049bb133111eb >> 8;           // … and like nothing for the next
  bool stolen = n % 600 < 120 && n % 5 == 0;
  auto at = static_cast<std::int64_t>(n) - static_cast<std::int64_t>(random % 30);
  return {midnight + at * 1000, "card-" + std::to_string(stolen ? n / 600 % 300 : random / 30 % 300),
          1 + static_cast<std::int64_t>(random / 9000 % 100)};
}

// Each quarter of an hour one of two rules changes.
rule made_up_rule(std::uint64_t n) {
  auto number = static_cast<std::int64_t>(n);
  std::int64_t from = midnight + number * 900'000;
  if (n % 2 == 0)
    return {from, "minute", 250 + number * 70 % 200, 60};
  return {from, "hour", 1000 + number * 300 % 900, 3600};
}

WEIR_JOB(fraud_rules) {
  auto output = args.required<std::string>("output");
  auto events = args.optional<std::uint64_t>("events", 50'000);
  auto transactions =
      env.from(weir::generate(events, made_up_transaction))
          .assign_timestamps(weir::watermarks::bounded_out_of_orderness(&transaction::at, 30s));
  auto rules = env.from(weir::generate(events / 900 + 2, made_up_rule))
                   .assign_timestamps(weir::watermarks::monotonous(&rule::from));
  alerts(transactions, rules).write_text(output);
}
