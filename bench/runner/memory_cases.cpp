#include "cases.hpp"

#include "state_fixtures.hpp"
#include "workloads.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>

namespace bench {

namespace {

constexpr std::uint64_t hashmap_budget = 512 << 20;
constexpr std::uint64_t leveldb_budget = 32 << 20;

struct size_range {
  std::size_t least;
  std::size_t most;
};

/// Sizes of the values, one phase after the other: allocators keep what the phase before needed.
constexpr std::array<size_range, 3> phases{{{100, 200}, {600, 1200}, {40, 90}}};

/// Bytes of memory that are this process's own.
std::uint64_t resident_bytes() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  std::uint64_t kilobytes = 0;
  while (status >> word)
    if (word == "RssAnon:" && status >> kilobytes)
      return kilobytes * 1024;
  throw std::runtime_error{"/proc/self/status has no RssAnon"};
}

/// An operator whose values are set again and again, in other sizes.
class changing_values {
public:
  changing_values(const weir::state_settings& settings, std::uint64_t budget)
      : state_{*system_, settings}, budget_{budget}, before_{resident_bytes()} {}

  /// Sets each key about twice in every phase, and returns the most bytes that it took. `fit`: with as many
  /// keys as fit the budget.
  std::uint64_t peak(std::uint64_t keys, bool fit) {
    for (size_range sizes : phases) {
      for (std::uint64_t done = 0; done < 2 * keys; done += step) {
        work([&](std::uint64_t i) { return random_number(number_ + i) % keys; }, sizes);
        number_ += step;
        if (fit)
          keys = fitted(keys, sizes);
        std::uint64_t now = resident_bytes();
        peak_ = std::max(peak_, now - std::min(now, before_));
      }
    }
    return peak_;
  }

private:
  static constexpr std::uint64_t step = 16 * 1024;

  /// Sets the values of `step` keys.
  template <class KeyOf>
  void work(KeyOf key_of, size_range sizes) {
    each(key_of, [&](std::uint64_t key, auto& value) {
      value.set(std::string(sizes.least + scramble(key + number_) % (sizes.most - sizes.least), 'v'));
    });
  }

  template <class KeyOf, class Change>
  void each(KeyOf key_of, Change change) {
    for (std::uint64_t i = 0; i < step;) {
      keys_.clear();
      for (; i < step && keys_.size() < records_a_batch; ++i)
        keys_.push_back(key_of(i));
      state_.each(keys_, change);
    }
  }

  /// Drops the last keys while there is too much, and adds some while there is room.
  std::uint64_t fitted(std::uint64_t keys, size_range sizes) {
    auto from_last = [&](std::uint64_t i) { return keys + i; };
    while (state_.memory() > budget_) {
      keys -= step;
      each(from_last, [](std::uint64_t, auto& value) { value.clear(); });
    }
    if (state_.memory() < budget_ / 100 * 97) {
      work(from_last, sizes);
      keys += step;
    }
    return keys;
  }

  std::unique_ptr<weir::platform> system_ = weir::make_system_platform();
  operator_state<std::uint64_t, std::string> state_;
  std::uint64_t budget_;
  std::uint64_t before_;
  std::uint64_t peak_ = 0;
  std::uint64_t number_ = 0;
  std::vector<std::uint64_t> keys_;
};

/// What `work` returns, done in a process of its own: memory that this one has used before does not count.
std::uint64_t in_child(const std::function<std::uint64_t()>& work) {
  int ends[2];
  if (::pipe(ends) != 0)
    throw std::runtime_error{"cannot make a pipe"};
  pid_t child = ::fork();
  if (child < 0)
    throw std::runtime_error{"cannot fork"};
  if (child == 0) {
    std::uint64_t result = work();
    ::_exit(::write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  ::close(ends[1]);
  std::uint64_t result = 0;
  bool got = ::read(ends[0], &result, sizeof result) == sizeof result;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (!got)
    throw std::runtime_error{"the process that was measured failed"};
  return result;
}

bench_case memory_case(const char* variant, std::uint64_t budget, std::function<std::uint64_t()> peak) {
  bench_case made;
  made.name = "state_memory";
  made.variant = variant;
  made.unit = "bytes";
  made.kind = quantity::time;
  made.target = 1 / 1.15;
  made.limit = [budget] { return run{.amount = static_cast<double>(budget)}; };
  made.weir = [peak = std::move(peak)] { return run{.amount = static_cast<double>(in_child(peak))}; };
  return made;
}

} // namespace

std::vector<bench_case> state_memory_cases(const bench_settings& settings) {
  std::uint64_t hashmap = scaled(hashmap_budget, settings, 16 << 20);
  std::uint64_t leveldb = scaled(leveldb_budget, settings, 16 << 20);
  auto in_tables = [hashmap] { return changing_values{{}, hashmap}.peak(hashmap / 200, true); };
  auto in_cache = [leveldb, folder = settings.folder] {
    weir::state_settings how{.backend = weir::state_backend::leveldb, .memory_per_operator = leveldb};
    how.leveldb.folders = {folder};
    return changing_values{how, leveldb}.peak(leveldb / 100, false);
  };
  return {memory_case("hashmap", hashmap, in_tables), memory_case("leveldb", leveldb, in_cache)};
}

} // namespace bench
