#include "cases.hpp"

#include "state_fixtures.hpp"
#include "workloads.hpp"

#include "state/snapshot_chain.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

namespace bench {

namespace {

constexpr std::uint64_t entries_of_a_gigabyte = 64 * 1024 * 1024; // of 16 bytes
constexpr std::uint64_t updates_without = 20'000'000;
constexpr std::uint64_t numbers_restored = 40'000'000;
constexpr std::uint64_t strings_restored = 5'000'000;
constexpr double freeze_limit = 0.002;         // seconds
constexpr double write_limit = 300;            // MB/s of raw bytes
constexpr double numbers_restore_limit = 20e6; // entries/s
constexpr double strings_restore_limit = 3e6;

using numbers = operator_state<std::uint64_t, std::uint64_t>;
using strings = operator_state<std::string, std::string>;
using clock = std::chrono::steady_clock;

double seconds_since(clock::time_point begin) {
  return std::chrono::duration<double>(clock::now() - begin).count();
}

/// A number per key, in memory, `entries` of them.
struct filled_numbers {
  explicit filled_numbers(std::uint64_t count) : entries{count} {
    std::vector<std::uint64_t> keys;
    for (std::uint64_t i = 0; i < entries;) {
      keys.clear();
      for (; i < entries && keys.size() < records_a_batch; ++i)
        keys.push_back(scramble(i));
      state.each(keys, [](std::uint64_t key, auto& value) { value.set(key % 1'000'000); });
    }
  }

  /// Counts up the values of random keys.
  void update(std::uint64_t records) {
    std::vector<std::uint64_t> keys;
    for (std::uint64_t done = 0; done < records; done += keys.size()) {
      keys.clear();
      for (; keys.size() < records_a_batch; ++drawn)
        keys.push_back(scramble(random_number(drawn) % entries));
      state.each(keys, [](std::uint64_t, auto& value) { ++value.change(); });
    }
  }

  std::unique_ptr<weir::platform> system = weir::make_system_platform();
  std::uint64_t entries;
  std::uint64_t drawn = 0;
  numbers state{*system, {}};
};

std::shared_ptr<filled_numbers> filled_gigabyte(const bench_settings& settings) {
  return std::make_shared<filled_numbers>(scaled(entries_of_a_gigabyte, settings, 10'000));
}

run constant(double amount) {
  return {.amount = amount, .seconds = 1};
}

} // namespace

std::vector<bench_case> freeze_cases(const bench_settings& settings) {
  auto filled = filled_gigabyte(settings);
  bench_case made;
  made.name = "freeze";
  made.unit = "s";
  made.kind = quantity::time;
  made.target = 1;
  made.limit = [] { return run{.amount = freeze_limit}; };
  made.weir = [filled] {
    auto begin = clock::now();
    auto cut = filled->state.freeze();
    return run{.amount = seconds_since(begin)};
  };
  return {made};
}

std::vector<bench_case> snapshot_write_cases(const bench_settings& settings) {
  auto filled = filled_gigabyte(settings);
  bench_case made;
  made.name = "snapshot_write";
  made.unit = "MB/s";
  made.target = 1;
  made.limit = [] { return constant(write_limit); };
  made.weir = [filled, path = settings.folder + "/snapshot"] {
    auto begin = clock::now();
    auto raw = write(*filled->system, path, filled->state.freeze());
    return run{.amount = static_cast<double>(raw) / 1e6, .seconds = seconds_since(begin)};
  };
  return {made};
}

std::vector<bench_case> updates_during_snapshot_cases(const bench_settings& settings) {
  auto filled = filled_gigabyte(settings);
  std::uint64_t updates = scaled(updates_without, settings, 10'000);
  bench_case made;
  made.name = "updates_during_snapshot";
  made.unit = "records/s";
  made.target = 0.7;
  made.limit = [=] {
    auto begin = clock::now();
    filled->update(updates);
    return run{.amount = static_cast<double>(updates), .seconds = seconds_since(begin)};
  };
  made.weir = [filled, path = settings.folder + "/snapshot"] {
    std::atomic<bool> written{false};
    std::exception_ptr failure;
    std::thread writer{[&, cut = std::make_shared<weir::operator_state_cut>(filled->state.freeze())] {
      try {
        (void)write(*filled->system, path, std::move(*cut));
      } catch (...) {
        failure = std::current_exception();
      }
      written = true;
    }};
    auto begin = clock::now();
    std::uint64_t done = 0;
    for (; !written; done += records_a_batch)
      filled->update(records_a_batch);
    double seconds = seconds_since(begin);
    writer.join();
    if (failure)
      std::rethrow_exception(failure);
    return run{.amount = static_cast<double>(done), .seconds = seconds};
  };
  return {made};
}

namespace {

/// Writes a snapshot of `entries` and times what a task does that begins from it.
template <class State, class Fill>
bench_case restore_case(const bench_settings& settings, std::string variant, std::uint64_t entries,
                        double limit, Fill fill) {
  std::shared_ptr<weir::platform> system = weir::make_system_platform();
  std::string path = settings.folder + "/restored-" + variant;
  {
    State state{*system, {}};
    fill(state);
    (void)write(*system, path, state.freeze());
  }
  bench_case made;
  made.name = "restore";
  made.variant = std::move(variant);
  made.unit = "entries/s";
  made.target = 1;
  made.limit = [limit] { return constant(limit); };
  made.weir = [=] {
    auto begin = clock::now();
    std::vector<std::string> files{path};
    State state{*system, {}, {required(weir::open_snapshot_chain(system->files(), files, {}))}};
    double seconds = seconds_since(begin);
    if (state.entries() != entries)
      throw std::runtime_error{"not all entries were restored"};
    return run{.amount = static_cast<double>(entries), .seconds = seconds};
  };
  return made;
}

} // namespace

std::vector<bench_case> restore_cases(const bench_settings& settings) {
  std::uint64_t many = scaled(numbers_restored, settings, 10'000);
  std::uint64_t some = scaled(strings_restored, settings, 10'000);
  auto batches = [](std::uint64_t entries, auto key_of, auto put, auto& state) {
    std::vector<decltype(key_of(entries))> keys;
    for (std::uint64_t i = 0; i < entries;) {
      keys.clear();
      for (; i < entries && keys.size() < records_a_batch; ++i)
        keys.push_back(key_of(i));
      state.each(keys, put);
    }
  };
  return {restore_case<numbers>(settings, "numbers", many, numbers_restore_limit,
                                [&](numbers& state) {
                                  batches(
                                      many, [](std::uint64_t i) { return scramble(i); },
                                      [](std::uint64_t key, auto& value) { value.set(key % 1'000'000); },
                                      state);
                                }),
          restore_case<strings>(settings, "strings", some, strings_restore_limit, [&](strings& state) {
            batches(
                some, [](std::uint64_t i) { return "customer-number-" + std::to_string(scramble(i)); },
                [](const std::string& key, auto& value) { value.set(key + std::string(64, 'v')); }, state);
          })};
}

} // namespace bench
