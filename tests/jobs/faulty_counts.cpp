// The job of examples/exactly_once with code that misbehaves as its arguments say; the output is the same.
//
//   faulty_counts.so --records=N --keys=K --output=FOLDER [--rate=R]
//
//   --throw-at=N, --hang-at=N          when number N is counted
//   --times=1 --marks=FOLDER           how often, over all attempts: each time leaves a file
//   --giving-us=T, --counting-us=T     how long it takes to give a number, and to count it …
//   --hurry=FILE                       … until there is this file

#include "outside_world.hpp"

#include <weir/weir.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace {

struct numbered {
  std::uint64_t n;
  std::uint64_t key;
  std::array<char, 1000> padding; // so that batches are short, and their pace is even
};

struct line {
  std::uint64_t n;
  std::uint64_t key;
  std::uint64_t count;
};

/// What goes wrong, so many times over all attempts of the job: each leaves a mark.
struct mishap {
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t throw_at, hang_at;
  std::uint64_t times;
  std::string marks;

  void at(std::uint64_t n) const {
    if ((n != throw_at && n != hang_at) || !is_due())
      return;
    if (n == throw_at)
      throw std::runtime_error{"number " + std::to_string(n) + " is not liked"};
    outside_world::stand_still();
  }

  [[nodiscard]] bool is_due() const {
    for (std::uint64_t i = 1; i <= times; ++i)
      if (outside_world::create_file(marks + '/' + std::to_string(i)))
        return true;
    return false;
  }
};

/// Takes its time, until a file says that there is none.
struct slowness {
  unsigned us;
  std::string hurry;

  void pass() {
    if (us == 0)
      return;
    if (!hurry.empty() && outside_world::is_there(hurry))
      us = 0;
    else
      outside_world::pass(us);
  }
};

struct count_per_key {
  mishap wrong;
  slowness slow;
  weir::value_state<std::uint64_t> count;

  void open(weir::keyed_function_context<std::uint64_t>& context) {
    count = context.state(weir::value<std::uint64_t>("count"));
  }
  void process(const numbered& each, weir::collector<line>& out) {
    wrong.at(each.n);
    slow.pass();
    out.emit(each.n, each.key, ++count.change());
  }
};

} // namespace

WEIR_JOB(faulty_counts) {
  auto number_or = [&](const std::string& name, std::uint64_t value) {
    return args.optional<std::uint64_t>(name, value);
  };
  mishap wrong{number_or("throw-at", mishap::never), number_or("hang-at", mishap::never),
               number_or("times", 1), args.optional<std::string>("marks", "")};
  if ((wrong.throw_at != mishap::never || wrong.hang_at != mishap::never) && wrong.marks.empty())
    throw weir::argument_error{"--marks=FOLDER is needed to count how often something went wrong"};
  auto hurry = args.optional<std::string>("hurry", "");
  slowness giving{static_cast<unsigned>(number_or("giving-us", 0)), hurry};
  slowness counting{static_cast<unsigned>(number_or("counting-us", 0)), hurry};
  auto keys = args.required<std::uint64_t>("keys");

  env.from(weir::generate(
               args.required<std::uint64_t>("records"),
               [giving, keys](std::uint64_t n) mutable {
                 giving.pass();
                 return numbered{n, n % keys, {}};
               },
               args.optional<double>("rate", 0)))
      .name("numbers")
      .key_by(&numbered::key)
      .process<line>(count_per_key{wrong, counting, {}})
      .name("count")
      .key_by(&line::n)
      .process<line>([](const line& each, auto& out) { out.emit(each); })
      .name("spread")
      .write_text(args.required<std::string>("output"));
}
