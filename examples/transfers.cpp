// Money moves between accounts, and its sum never changes. A transfer is done in two steps, by a message from
// the account that pays to the one that is paid, and a failure may come between the two.
//
//   weir run -p 4 -D execution.checkpointing.interval=1s transfers.so --transfers=1000000 --accounts=1000
//       --output=FOLDER [--rate=50000]
//
// A line of the output is a transfer: its number, who pays, who is paid, how much; what the payer has left
// then of the money it began with, and what the payee has got by then. An account holds what it has left and
// what it has got.

#include <weir/weir.hpp>

#include <algorithm>

constexpr std::int64_t opening_balance = 1'000; // of each account

struct transfer {
  std::uint64_t number;
  std::uint64_t from;
  std::uint64_t to;
  std::int64_t amount;
  std::int64_t left; // of the payer
  std::int64_t got;  // by the payee
};

// The first step: the payer gives what was asked for, or all that it has left. From here on the money is in
// the message, and in no account.
struct pay {
  weir::value_state<std::int64_t> paid;

  void open(weir::keyed_function_context<std::uint64_t>& context) {
    paid = context.state(weir::value<std::int64_t>("paid"));
  }
  void process(const transfer& asked, weir::collector<transfer>& out) {
    std::int64_t& sum = paid.change();
    transfer message = asked;
    message.amount = std::min(asked.amount, opening_balance - sum);
    sum += message.amount;
    message.left = opening_balance - sum;
    out.emit(message);
  }
};

// The second step: the payee gets it.
struct get_paid {
  weir::value_state<std::int64_t> got;

  void open(weir::keyed_function_context<std::uint64_t>& context) {
    got = context.state(weir::value<std::int64_t>("got"));
  }
  void process(const transfer& message, weir::collector<transfer>& out) {
    transfer done = message;
    done.got = got.change() += message.amount;
    out.emit(done);
  }
};

// Transfer number n: the same each time that it is asked for.
transfer made_up(std::uint64_t n, std::uint64_t accounts) {
  std::uint64_t random = (n + 1) * 0x9e3779b97f4a7c15ull;
  random ^= random >> 32;
  std::uint64_t from = random % accounts;
  std::uint64_t to = (from + 1 + (random >> 16) % (accounts - 1)) % accounts;
  return {n, from, to, static_cast<std::int64_t>(1 + (random >> 40) % 20), 0, 0};
}

WEIR_JOB(transfers) {
  auto count = args.required<std::uint64_t>("transfers");
  auto accounts = args.required<std::uint64_t>("accounts");
  if (accounts < 2)
    throw weir::argument_error{"--accounts=" + std::to_string(accounts) +
                               ": a transfer is between two accounts"};
  auto rate = args.optional<double>("rate", 0);

  env.from(weir::generate(
               count, [accounts](std::uint64_t n) { return made_up(n, accounts); }, rate))
      .name("transfers")
      .key_by(&transfer::from)
      .process<transfer>(pay{})
      .name("pay")
      .key_by(&transfer::to)
      .process<transfer>(get_paid{})
      .name("get paid")
      .write_text(args.required<std::string>("output"));
}
