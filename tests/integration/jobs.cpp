// Jobs for the integration tests: each misbehaves, waits or shows its shape on request.

#include <weir/weir.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>

#include <poll.h>

namespace {

struct number {
  std::uint64_t value;
};

number numbered(std::uint64_t n) {
  return {n};
}

number same(const number& each) {
  return each;
}

bool even(const number& each) {
  return each.value % 2 == 0;
}

void ignore(const number&) {}

struct payload {
  std::uint64_t key;
  std::array<char, 248> bytes;
};

/// Text per key that says how often it was written.
struct kept_text {
  std::uint64_t bytes;
  weir::value_state<std::string> text;
  weir::sum_accumulator<std::int64_t> first_time, kept;

  void open(auto& context) {
    text = context.state(weir::value<std::string>("text"));
    first_time = context.accumulators().sum("first time");
    kept = context.accumulators().sum("kept");
  }

  void process(const number& each, weir::collector<number>& out) {
    std::uint64_t times = 0;
    if (const std::string* found = text.get()) {
      times = std::stoull(*found);
      if (*found != text_of(each.value, times))
        throw std::runtime_error{"the text of " + std::to_string(each.value) + " is not what was kept"};
      kept.add(1);
    } else {
      first_time.add(1);
    }
    text.set(text_of(each.value, times + 1));
    out.emit(each);
  }

  /// Half of it is not to be compressed.
  [[nodiscard]] std::string text_of(std::uint64_t key, std::uint64_t times) const {
    std::string made = std::to_string(times) + ' ';
    made.reserve(bytes);
    for (std::uint64_t random = key + 1; made.size() < bytes / 2;
         random = random * 6364136223846793005u + times)
      made += static_cast<char>(random >> 56);
    made.resize(bytes, static_cast<char>('a' + key % 26));
    return made;
  }
};

bool runs_in(const std::string& program) {
  std::ifstream file{"/proc/self/comm"};
  std::string name;
  return std::getline(file, name) && name == program;
}

} // namespace

// Runs until it is canceled: a few records a second, over an edge between all subtasks.
WEIR_JOB(endless) {
  env.from(weir::generate(1'000'000'000, numbered, 20.0))
      .key_by(&number::value)
      .process<number>([](const number& each, auto& out) { out.emit(each); })
      .for_each(ignore);
}

// A source as fast as it goes, and a sink that takes a thousandth of a second for each record.
WEIR_JOB(slow_sink) {
  env.from(weir::generate(1'000'000'000'000,
                          [](std::uint64_t n) {
                            return payload{n, {}};
                          }))
      .key_by(&payload::key)
      .process<payload>([](const payload& each, auto& out) { out.emit(each); })
      .for_each([](const payload&) { ::poll(nullptr, 0, 1); });
}

// A source, a filter, a map and a sink.
WEIR_JOB(filter_and_map) {
  if (!args.optional<bool>("chaining", true))
    env.disable_chaining();
  env.from(weir::generate(1'000, numbered)).filter(even).map(same).for_each(ignore);
}

// Two operators with an edge between all their subtasks, in two slot sharing groups or, with --shared, in
// one.
WEIR_JOB(two_groups) {
  env.from(weir::generate(1'000'000'000, numbered, 20.0))
      .slot_sharing_group("first")
      .key_by(&number::value)
      .process<number>([](const number& each, auto& out) { out.emit(each); })
      .slot_sharing_group(args.optional<bool>("shared", false) ? "first" : "second")
      .for_each(ignore);
}

// Fails at one record.
WEIR_JOB(throws_at_record) {
  auto at = args.required<std::uint64_t>("at");
  env.from(weir::generate(1'000'000, numbered))
      .map([at](const number& each) {
        if (each.value == at)
          throw std::runtime_error{"record " + std::to_string(each.value) + " is bad"};
        return each;
      })
      .name("checked")
      .for_each(ignore);
}

WEIR_JOB(throws_in_job_function) {
  throw std::runtime_error{"no graph today"};
}

// Another graph on a worker than at the client.
WEIR_JOB(differs_on_worker) {
  auto numbers = env.from(weir::generate(1'000, numbered));
  if (runs_in("weir-node"))
    numbers.map(same).name("only on workers").start_new_chain().for_each(ignore);
  else
    numbers.for_each(ignore);
}

// Lines in, the same lines out.
WEIR_JOB(copy_lines) {
  env.from(weir::text_files(args.required<std::string>("input")))
      .write_text(args.required<std::string>("output"));
}

// Lines in, the same lines as a result.
WEIR_JOB(collect_lines) {
  env.from(weir::text_files(args.required<std::string>("input"))).collect("lines");
}

// Keeps text of `bytes` for each of `keys`, writes all of it `rounds` times in an order that jumps about, and
// checks each time what it kept.
WEIR_JOB(large_state) {
  auto keys = args.required<std::uint64_t>("keys"), bytes = args.required<std::uint64_t>("bytes"),
       rounds = args.optional<std::uint64_t>("rounds", 2);
  env.from(weir::generate(keys * rounds,
                          [keys](std::uint64_t n) {
                            constexpr std::uint64_t large_prime = 2'147'483'647;
                            return number{n % keys * large_prime % keys};
                          }))
      .key_by(&number::value)
      .process<number>(kept_text{bytes})
      .for_each(ignore);
}

// Takes checkpoints without being told so at submission.
WEIR_JOB(checkpointed_by_code) {
  env.enable_checkpointing(std::chrono::milliseconds{1'234}).set_restart_strategy(weir::no_restart{});
  env.from(weir::generate(1'000, numbered)).for_each(ignore);
}
