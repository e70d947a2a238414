#include "part_sink.hpp"

#include "simulation/simulated_disk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir;
using namespace weir::testing;
using weir::simulation::fault_at;
using weir::simulation::simulated_disk;
using fault = simulated_disk::fault;

namespace {

constexpr std::uint64_t numbers = 12;

/// What a coordinator keeps.
struct coordinator {
  struct checkpoint {
    element_snapshot states;
    std::uint64_t position = 0; ///< of the source
  };
  checkpoint completed;
  std::uint64_t last_id = 0;
  std::uint64_t attempt = 0; ///< the present one: what others say is dropped
};

/// One attempt of a job of one sink: writes the numbers that are left, two to a checkpoint, of which every
/// third is aborted.
class attempt {
public:
  attempt(simulated_disk& disk, coordinator& of)
      : of_{of},
        number_{++of.attempt},
        position_{of.completed.position},
        sink_{disk, {.attempt = number_}, of.completed.states} {}

  /// The next thing that it does; false after the last. Throws when it fails.
  bool step() {
    switch (next_++) {
    case 0:
      sink_.open();
      if (of_.attempt != number_)
        next_ = 5; // it was given up before its channels were opened: no record comes
      return true;
    case 1:
      if (position_ < numbers)
        sink_.write({position_++});
      return true;
    case 2:
      if (position_ < numbers)
        sink_.write({position_++});
      if (position_ >= numbers)
        sink_.end();
      return true;
    case 3:
      pass_barrier();
      return true;
    case 4:
      if (is_complete_)
        sink_.complete(id_);
      // One that was given up waits for a checkpoint that never is complete, until it is stopped.
      next_ = position_ >= numbers && (is_complete_ || of_.attempt != number_) ? 5 : 1;
      return true;
    default:
      sink_.close();
      return false;
    }
  }

  /// Returns whether it came to its end; a task that fails is closed.
  bool run() {
    try {
      while (step()) {
      }
      return true;
    } catch (const std::exception&) {
      sink_.close();
      return false;
    }
  }

private:
  void pass_barrier() {
    id_ = ++of_.last_id;
    coordinator::checkpoint taken{sink_.pass_barrier(id_), position_};
    is_complete_ = of_.attempt == number_ && (id_ % 3 != 0 || position_ >= numbers);
    if (is_complete_)
      of_.completed = std::move(taken);
  }

  coordinator& of_;
  std::uint64_t number_;
  std::uint64_t position_;
  part_sink sink_;
  int next_ = 0;
  std::uint64_t id_ = 0;
  bool is_complete_ = false;
};

/// What is wrong with the folder of a job that has ended; or nothing.
std::string judge(const simulated_disk& disk) {
  std::vector<std::string> lines;
  for (const std::string& path : disk.tree()) {
    if (path == "out/")
      continue;
    if (!path.starts_with("out/part-0-"))
      return path + " is left";
    std::string content = disk.content(path);
    for (std::size_t at = 0; at < content.size();) {
      std::size_t end = content.find('\n', at);
      lines.push_back(content.substr(at, end - at));
      at = end + 1;
    }
  }
  std::vector<std::string> expected;
  for (std::uint64_t n = 0; n < numbers; ++n)
    expected.push_back(std::to_string(n));
  std::ranges::sort(lines);
  std::ranges::sort(expected);
  std::string told;
  for (const std::string& line : lines)
    told += line + ' ';
  return lines == expected ? "" : "the lines are " + told;
}

std::uint64_t operations_of_a_run() {
  simulated_disk disk;
  coordinator of;
  REQUIRE(attempt{disk, of}.run());
  REQUIRE(judge(disk) == "");
  return disk.operations();
}

/// Attempts until one comes to its end.
void run_to_the_end(simulated_disk& disk, coordinator& of) {
  for (int attempts = 0; attempts < 20; ++attempts)
    if (attempt{disk, of}.run())
      return;
  FAIL("no attempt comes to its end");
}

} // namespace

TEST_CASE(
    "a disk that fails at any operation, with its effect or without, neither loses nor doubles a line") {
  for (std::uint64_t number = 1, last = operations_of_a_run(); number <= last; ++number)
    for (fault what : {fault::fail, fault::fail_done}) {
      CAPTURE(number);
      CAPTURE(what == fault::fail);
      simulated_disk disk;
      coordinator of;
      disk.on_operation = fault_at(number, what);
      run_to_the_end(disk, of);
      REQUIRE(judge(disk) == "");
    }
}

TEST_CASE("a process that ends at any operation neither loses nor doubles a line") {
  for (std::uint64_t number = 1, last = operations_of_a_run(); number <= last; ++number)
    for (fault what : {fault::crash_before, fault::crash_after}) {
      CAPTURE(number);
      CAPTURE(what == fault::crash_before);
      simulated_disk disk;
      coordinator of;
      disk.on_operation = fault_at(number, what);
      attempt{disk, of}.run();
      disk.restart();
      run_to_the_end(disk, of);
      REQUIRE(judge(disk) == "");
    }
}

TEST_CASE("power that goes at any operation neither loses nor doubles a line of a complete checkpoint") {
  for (std::uint64_t number = 1, last = operations_of_a_run(); number <= last; ++number)
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      CAPTURE(number);
      CAPTURE(seed);
      simulated_disk disk;
      coordinator of;
      disk.on_operation = fault_at(number, seed % 2 == 0 ? fault::crash_before : fault::crash_after);
      attempt{disk, of}.run();
      disk.cut_power(seed);
      run_to_the_end(disk, of);
      REQUIRE(judge(disk) == "");
    }
}

TEST_CASE("any number of faults one after the other neither loses nor doubles a line") {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    simulated_disk disk;
    coordinator of;
    for (int faults = 0; faults < 6; ++faults) {
      auto what = static_cast<fault>(1 + random() % 4);
      disk.on_operation = fault_at(disk.operations() + 1 + random() % 30, what);
      attempt{disk, of}.run();
      if (disk.has_crashed())
        random() % 2 == 0 ? disk.restart() : disk.cut_power(random());
    }
    disk.on_operation = {};
    run_to_the_end(disk, of);
    REQUIRE(judge(disk) == "");
  }
}

TEST_CASE("an attempt that goes on after it was given up does no harm, whenever the next one is in between") {
  // The next attempt does all that it does between two operations of the one before.
  for (std::uint64_t number = 1, last = operations_of_a_run(); number <= last; ++number) {
    CAPTURE(number);
    simulated_disk disk;
    coordinator of;
    bool is_between = false;
    disk.on_operation = [&](const simulated_disk::operation& now) {
      if (now.number == number && !std::exchange(is_between, true))
        run_to_the_end(disk, of);
      return fault::none;
    };
    attempt{disk, of}.run();
    REQUIRE(judge(disk) == "");
  }
}

TEST_CASE("nor does it when it goes on between two operations of the next one") {
  for (int steps = 1; steps < 40; ++steps)
    for (std::uint64_t number = 1, last = operations_of_a_run(); number <= last; ++number) {
      CAPTURE(steps);
      CAPTURE(number);
      simulated_disk disk;
      coordinator of;
      attempt before{disk, of};
      bool is_over = false;
      for (int i = 0; i < steps && !is_over; ++i)
        is_over = !before.step();
      if (is_over)
        return;
      std::uint64_t first = disk.operations();
      bool is_between = false;
      disk.on_operation = [&](const simulated_disk::operation& now) {
        if (now.number == first + number && !std::exchange(is_between, true))
          before.run();
        return fault::none;
      };
      run_to_the_end(disk, of);
      disk.on_operation = {};
      if (!is_between)
        before.run(); // when all is done
      REQUIRE(judge(disk) == "");
    }
}
