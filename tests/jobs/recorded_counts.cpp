// The job of examples/exactly_once, with a sink that records each transaction: see recorded_sink.hpp.
//
//   recorded_counts.so --records=N --keys=K --output=FOLDER [--rate=R]

#include "recorded_sink.hpp"

#include <weir/weir.hpp>

namespace {

struct numbered {
  std::uint64_t n;
  std::uint64_t key;
};

struct count_per_key {
  weir::value_state<std::uint64_t> count;

  void open(weir::keyed_function_context<std::uint64_t>& context) {
    count = context.state(weir::value<std::uint64_t>("count"));
  }
  void process(const numbered& each, weir::collector<std::string>& out) {
    out.emit(std::to_string(each.n) + '\t' + std::to_string(each.key) + '\t' +
             std::to_string(++count.change()));
  }
};

} // namespace

WEIR_JOB(recorded_counts) {
  auto keys = args.required<std::uint64_t>("keys");
  env.from(weir::generate(
               args.required<std::uint64_t>("records"),
               [keys](std::uint64_t n) {
                 return numbered{n, n % keys};
               },
               args.optional<double>("rate", 0)))
      .key_by(&numbered::key)
      .process<std::string>(count_per_key{})
      .rebalance()
      .write_to(weir::testing::recorded_sink{args.required<std::string>("output")});
}
