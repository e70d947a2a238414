// Is every record there once, whatever breaks? Numbers go through two shuffles and a count per key to files,
// so that a reader of the output can tell: each number is in it once, and each key's counts are 1, 2, 3 …
//
//   weir run -p 4 -D execution.checkpointing.interval=1s exactly_once.so --records=1000000 --keys=1000
//       --output=FOLDER [--rate=50000]
//
// Kill workers and the master while it runs, then look at the output: a line is a number, its key, and how
// many numbers of that key had come by then.

#include <weir/weir.hpp>

struct numbered {
  std::uint64_t n;
  std::uint64_t key;
  std::uint64_t count;
};

// What is counted is state: it is in each checkpoint, and comes back with the last one after a failure, while
// the source goes back to where it was then. So no number is counted twice, and none is left out.
struct count_per_key {
  weir::value_state<std::uint64_t> count;

  void open(weir::keyed_function_context<std::uint64_t>& context) {
    count = context.state(weir::value<std::uint64_t>("count"));
  }
  void process(const numbered& each, weir::collector<numbered>& out) {
    out.emit(each.n, each.key, ++count.change());
  }
};

WEIR_JOB(exactly_once) {
  auto records = args.required<std::uint64_t>("records");
  auto keys = args.required<std::uint64_t>("keys");
  if (keys == 0)
    throw weir::argument_error{"--keys=0: there is at least one key"};
  // Records a second of all subtasks together; 0: as fast as it goes.
  auto rate = args.optional<double>("rate", 0);

  env.from(weir::generate(
               records,
               [keys](std::uint64_t n) {
                 return numbered{n, n % keys, 0};
               },
               rate))
      .name("numbers")
      .key_by(&numbered::key)
      .process<numbered>(count_per_key{})
      .name("count")
      // The second shuffle: what is written by one subtask was counted by all of them.
      .key_by(&numbered::n)
      .process<numbered>([](const numbered& each, auto& out) { out.emit(each); })
      .name("spread")
      // The lines between two checkpoints become one file, which appears when the second one is complete.
      // What was written for a checkpoint that never was goes away.
      .write_text(args.required<std::string>("output"));
}
