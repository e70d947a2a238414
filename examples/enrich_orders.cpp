// What does each order cost, at the price that held when it was made? A join of two streams over time, with
// state and timers of our own.
//
//   weir run -p 2 enrich_orders.so --output=FOLDER [--events=20000]
//
// Orders and prices are made up. A line of the output is an order's id, product and cents; 0 cents when the
// product had no price yet.

#include <weir/weir.hpp>

#include <chrono>
#include <iterator>
#include <map>
#include <vector>

using namespace std::chrono_literals;

struct order {
  std::int64_t at;
  std::int64_t id;
  std::string product;
};

struct price {
  std::int64_t from;
  std::string product;
  std::int64_t cents;
};

struct priced_order {
  std::int64_t id;
  std::string product;
  std::int64_t cents;
};

// Orders may be delivered twice. To know the second time, each id is kept, but not forever: state with a
// time-to-live is gone when that time has passed since it was written, on the clock of the worker.
struct drop_repeated {
  weir::value_state<bool> seen;

  void open(weir::keyed_function_context<std::int64_t>& context) {
    seen = context.state(weir::value<bool>("seen").expires_after(24h));
  }
  void process(const order& one, weir::collector<order>& out) {
    if (!seen.has_value())
      out.emit(one);
    seen.set(true);
  }
};

// Sees the orders and the prices of a product, in whatever order they come. An order waits until event time
// has reached its own: then all prices that may hold for it are there, whichever stream was faster.
struct price_orders {
  using keyed_context = weir::keyed_context<std::string>;
  using output = weir::collector<priced_order>;
  weir::map_state<std::int64_t, std::vector<order>> waiting;      // by their time
  weir::value_state<std::map<std::int64_t, std::int64_t>> prices; // cents by the time from which they hold

  void open(weir::keyed_function_context<std::string>& context) {
    waiting = context.state(weir::map<std::int64_t, std::vector<order>>("waiting"));
    prices = context.state(weir::value<std::map<std::int64_t, std::int64_t>>("prices"));
  }
  void process1(const order& one, keyed_context& context, output&) {
    waiting.change(one.at).push_back(one);
    context.timers().event(one.at);
  }
  void process2(const price& one, keyed_context& context, output&) {
    prices.change()[one.from] = one.cents;
    context.timers().event(one.from);
  }
  // Timers ring in the order of their times, each once for a product.
  void on_timer(std::int64_t time, keyed_context&, output& out) {
    const std::vector<order> ready = waiting.get_or(time, {});
    waiting.remove(time);
    auto& history = prices.change();
    auto next = history.upper_bound(time);
    bool known = next != history.begin();
    if (known)
      history.erase(history.begin(), std::prev(next)); // earlier prices hold for no order to come
    for (const order& each : ready)
      out.emit(each.id, each.product, known ? history.begin()->second : 0);
  }
};

weir::stream<priced_order> priced(const weir::stream<order>& orders, const weir::stream<price>& prices) {
  return orders.key_by(&order::id)
      .process<order>(drop_repeated{})
      .key_by(&order::product)
      .connect(prices.key_by(&price::product))
      .process<priced_order>(price_orders{});
}

constexpr std::int64_t midnight = 1'767'225'600'000, second = 1000;

// An order a second, up to twenty seconds late; each tenth is delivered once more, a little later.
order made_up_order(std::uint64_t n) {
  auto id = static_cast<std::int64_t>(n - n / 11 - (n % 11 == 10 ? 6 : 0));
  return {midnight + (id - id * 7 % 20) * second, id, "product-" + std::to_string(id * id % 47)};
}

// A new price each half a minute, for one product after the other.
price made_up_price(std::uint64_t n) {
  auto number = static_cast<std::int64_t>(n);
  return {midnight + number * 30 * second, "product-" + std::to_string(n % 47), 100 + number * 37 % 900};
}

WEIR_JOB(enrich_orders) {
  auto output = args.required<std::string>("output");
  auto events = args.optional<std::uint64_t>("events", 20'000);
  auto orders = env.from(weir::generate(events, made_up_order))
                    .assign_timestamps(weir::watermarks::bounded_out_of_orderness(&order::at, 30s));
  auto prices = env.from(weir::generate(events / 30 + 47, made_up_price))
                    .assign_timestamps(weir::watermarks::monotonous(&price::from));
  priced(orders, prices).write_text(output);
}
