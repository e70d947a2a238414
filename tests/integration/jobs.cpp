// Jobs for the integration tests: each misbehaves, waits or shows its shape on request.

#include <weir/weir.hpp>

#include <array>
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
