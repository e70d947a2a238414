// What keyed state costs without an engine: updates of tables, their growth, cuts and restores. One line a
// question, the median of the rounds and their range; processor time of this thread.
//
//   weir-micro-state [KEYS [ROUNDS]]

#include "../limits/number_tables.hpp"

#include <weir/detail/state/keyed_states.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <time.h>
#include <vector>

namespace {

using namespace weir;
using detail::hash_key;

struct settings {
  std::uint64_t keys = 10'000'000;
  int rounds = 3;
};

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void print(const std::string& question, std::vector<double> values, const char* unit) {
  std::ranges::sort(values);
  std::printf("%-64s %10.2f %-8s (%.2f to %.2f)\n", question.c_str(), values[values.size() / 2], unit,
              values.front(), values.back());
  std::fflush(stdout);
}

struct pair_record {
  std::uint64_t key;
  std::uint64_t sum;
};

struct read_key {
  std::uint64_t operator()(const pair_record& of) const { return of.key; }
};

struct nowhere final : detail::operator_states {
  std::uint32_t first_key_group() const override { return 0; }
  std::uint32_t last_key_group() const override { return 127; }
  std::uint32_t max_parallelism() const override { return 128; }
  void add(detail::keyed_state& state) override { added = &state; }
  detail::cold_store* cold(const detail::state_type&) override { return nullptr; }
  std::uint64_t memory_budget() const override { return UINT64_MAX; }
  std::vector<std::string> add_elements(const detail::state_type&, void*, collect_elements) override {
    return {};
  }
  detail::keyed_state* added = nullptr;
};

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

constexpr std::size_t batch_size = 1024;

/// Calls `work(keys, hashes)` for batches of random keys.
template <class Work>
void each_batch(std::uint64_t batches, std::uint64_t keys, std::uint64_t seed, Work&& work) {
  std::vector<std::uint64_t> drawn(batch_size), hashes(batch_size);
  for (std::uint64_t batch = 0; batch < batches; ++batch) {
    for (std::size_t i = 0; i < batch_size; ++i) {
      drawn[i] = mixed(seed + batch * batch_size + i) % keys;
      hashes[i] = hash_key(drawn[i]);
    }
    work(drawn, hashes);
  }
}

using sum_state = detail::table_state<detail::record_entry<pair_record, read_key>>;

std::unique_ptr<sum_state> make_sums() {
  return std::make_unique<sum_state>(
      detail::state_type{"sums", detail::state_kind::reducing, "u64", "", "u64", {}},
      detail::record_entry<pair_record, read_key>{}, detail::state_place{0, 127, 128});
}

[[gnu::noinline]] void add(sum_state& to, const std::vector<std::uint64_t>& keys,
                           const std::vector<std::uint64_t>& hashes) {
  to.prefetch(hashes.data(), static_cast<std::uint32_t>(hashes.size()));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    auto [at, fresh] = to.find_or_make(keys[i], hashes[i], hashes[i], [&] {
      return pair_record{keys[i], 1};
    });
    if (!fresh)
      ++at->sum;
  }
  to.tend();
}

void measure_sums(const settings& how, std::uint64_t keys) {
  std::uint64_t batches = std::clamp<std::uint64_t>(how.keys * 2 / batch_size, 4, 20'000);
  std::vector<double> table_rates, handle_rates, best_rates;
  double records = static_cast<double>(batches * batch_size) * 1e-6;
  for (int round = 0; round < how.rounds; ++round) {
    auto sums = make_sums();
    auto count = [&](auto& drawn, auto& hashes) { add(*sums, drawn, hashes); };
    for (std::uint64_t key = 0; key < keys; ++key)
      sums->find_or_make(key, hash_key(key), hash_key(key), [&] { return pair_record{key, 0}; });
    double start = cpu_seconds();
    each_batch(batches, keys, 1, count);
    table_rates.push_back(records / (cpu_seconds() - start));
    sums = nullptr;

    nowhere backend;
    detail::keyed_states<std::uint64_t> states{backend, [] { return 0; }};
    auto value = states.make(weir::value<std::uint64_t>("sums"));
    for (std::uint64_t key = 0; key < keys; ++key) {
      states.select(key, hash_key(key));
      value.set(0);
    }
    start = cpu_seconds();
    each_batch(batches, keys, 1, [&](auto& drawn, auto& hashes) {
      states.prefetch(hashes.data(), batch_size);
      for (std::size_t i = 0; i < batch_size; ++i) {
        states.select(drawn[i], hashes[i]);
        ++value.change();
      }
      states.tend();
    });
    handle_rates.push_back(records / (cpu_seconds() - start));

    bench::limits::line_table best;
    for (std::uint64_t key = 1; key <= keys; ++key)
      best[key] = 0;
    start = cpu_seconds();
    each_batch(batches, keys, 1, [&](auto& drawn, auto&) {
      for (std::uint64_t key : drawn)
        ++best[key + 1];
    });
    best_rates.push_back(records / (cpu_seconds() - start));
  }
  std::string of = " of " + std::to_string(keys) + " keys, drawing them included";
  print("table in an operator, updates" + of, table_rates, "M/s");
  print("value_state, updates" + of, handle_rates, "M/s");
  print("loop over the best table, updates" + of, best_rates, "M/s");
}

double elapsed_ms(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

void measure_growth(const settings& how) {
  std::vector<double> longest, at_99_99;
  for (int round = 0; round < how.rounds; ++round) {
    auto sums = make_sums();
    std::vector<double> times;
    times.reserve(how.keys);
    for (std::uint64_t i = 0; i < how.keys; ++i) {
      std::uint64_t key = mixed(i), hash = hash_key(key);
      auto start = std::chrono::steady_clock::now();
      sums->find_or_make(key, hash, hash, [&] { return pair_record{key, 1}; });
      if (i % batch_size == 0)
        sums->tend();
      times.push_back(elapsed_ms(start));
    }
    std::ranges::sort(times);
    longest.push_back(times.back());
    at_99_99.push_back(times[times.size() - 1 - times.size() / 10000]);
  }
  print("longest single insert up to " + std::to_string(how.keys) + " keys", longest, "ms");
  print("99.99 % of them are below", at_99_99, "ms");
}

/// Reads a cut to its end; returns the bytes of its blocks.
std::uint64_t read_all(detail::state_cut& cut) {
  detail::state_block block;
  std::uint64_t bytes = 0;
  while (cut.next(block))
    bytes += block.size();
  return bytes;
}

void measure_cuts(const settings& how) {
  std::vector<double> freezes, before, during, reading, changes, restores;
  for (int round = 0; round < how.rounds; ++round) {
    auto sums = make_sums();
    for (std::uint64_t key = 0; key < how.keys; ++key)
      sums->find_or_make(key, hash_key(key), hash_key(key), [&] { return pair_record{key, 0}; });
    for (int i = 0; i < 10'000; ++i)
      sums->tend();
    std::uint64_t updates = 0;
    auto work = [&](auto& drawn, auto& hashes) {
      add(*sums, drawn, hashes);
      updates += drawn.size();
    };
    std::uint64_t batches = std::max<std::uint64_t>(4, how.keys / batch_size);
    double begin = cpu_seconds();
    each_batch(batches, how.keys, 7, work);
    before.push_back(static_cast<double>(updates) * 1e-6 / (cpu_seconds() - begin));

    auto start = std::chrono::steady_clock::now();
    auto cut = sums->freeze(1, detail::cut_kind::full);
    freezes.push_back(elapsed_ms(start) * 1000);
    std::atomic<bool> done{false};
    double seconds = 0;
    std::uint64_t bytes = 0;
    std::thread other{[&] {
      double reader = cpu_seconds();
      bytes = read_all(*cut);
      seconds = cpu_seconds() - reader;
      done = true;
    }};
    updates = 0;
    begin = cpu_seconds();
    for (std::uint64_t seed = 1000; !done; ++seed)
      each_batch(1, how.keys, mixed(seed), work);
    during.push_back(static_cast<double>(updates) * 1e-6 / (cpu_seconds() - begin));
    other.join();
    reading.push_back(static_cast<double>(bytes) * 1e-6 / seconds);
    cut = sums->freeze(2, detail::cut_kind::full);
    read_all(*cut);
    cut = nullptr;
    sums->confirm(2);

    each_batch(std::max<std::uint64_t>(1, batches / 100), how.keys, 99, work);
    cut = sums->freeze(3, detail::cut_kind::changes);
    begin = cpu_seconds();
    read_all(*cut);
    changes.push_back((cpu_seconds() - begin) * 1e3);
    cut = nullptr;
    sums->confirm(3);

    cut = sums->freeze(4, detail::cut_kind::full);
    std::vector<detail::state_block> blocks(1);
    while (cut->next(blocks.back()))
      blocks.emplace_back();
    blocks.pop_back();
    cut = nullptr;
    auto restored = make_sums();
    begin = cpu_seconds();
    restored->expect(how.keys);
    for (const auto& block : blocks)
      restored->load(block);
    restores.push_back(static_cast<double>(how.keys) * 1e-6 / (cpu_seconds() - begin));
  }
  std::string of = " of " + std::to_string(how.keys) + " keys";
  print("freeze" + of, freezes, "us");
  print("updates before a cut" + of, before, "M/s");
  print("updates while another thread reads it" + of, during, "M/s");
  print("reading a full cut meanwhile, 16-byte records", reading, "MB/s");
  print("reading the changes of 1 %" + of, changes, "ms");
  print("restore of 16-byte records", restores, "M/s");
}

void measure_strings(const settings& how) {
  std::uint64_t keys = std::max<std::uint64_t>(1, how.keys / 5);
  std::vector<double> updates, reading, restores;
  for (int round = 0; round < how.rounds; ++round) {
    nowhere backend;
    detail::keyed_states<std::string> states{backend, [] { return 0; }};
    auto value = states.make(weir::value<std::string>("value"));
    auto key_of = [](std::uint64_t number) { return "customer-number-" + std::to_string(number); };
    std::vector<std::string> drawn(batch_size);
    std::vector<std::uint64_t> hashes(batch_size);
    std::string bytes(100, 'v');
    auto work = [&](std::uint64_t seed, bool draw) {
      for (std::size_t i = 0; i < batch_size; ++i) {
        drawn[i] = key_of(draw ? mixed(seed + i) % keys : (seed + i) % keys);
        hashes[i] = hash_key(drawn[i]);
      }
      states.prefetch(hashes.data(), batch_size);
      for (std::size_t i = 0; i < batch_size; ++i) {
        states.select(drawn[i], hashes[i]);
        value.set(bytes);
      }
      states.tend();
    };
    for (std::uint64_t key = 0; key < keys; key += batch_size)
      work(key, false);
    double start = cpu_seconds();
    for (std::uint64_t i = 0; i < keys; i += batch_size)
      work(i * 1000, true);
    updates.push_back(static_cast<double>(keys) * 1e-6 / (cpu_seconds() - start));

    auto cut = backend.added->freeze(1, detail::cut_kind::full);
    std::vector<detail::state_block> blocks(1);
    std::uint64_t size = 0;
    start = cpu_seconds();
    while (cut->next(blocks.back())) {
      size += blocks.back().size();
      blocks.emplace_back();
    }
    reading.push_back(static_cast<double>(size) * 1e-6 / (cpu_seconds() - start));
    blocks.pop_back();
    cut = nullptr;
    nowhere other;
    detail::keyed_states<std::string> restored{other, [] { return 0; }};
    (void)restored.make(weir::value<std::string>("value"));
    start = cpu_seconds();
    other.added->expect(keys);
    for (const auto& block : blocks)
      other.added->load(block);
    restores.push_back(static_cast<double>(keys) * 1e-6 / (cpu_seconds() - start));
  }
  std::string of = " of " + std::to_string(keys) + " strings of 100 bytes";
  print("value_state, setting" + of, updates, "M/s");
  print("reading a full cut" + of, reading, "MB/s");
  print("restore" + of, restores, "M/s");
}

} // namespace

int main(int argc, char** argv) {
  settings how;
  if (argc > 1)
    how.keys = std::max<std::uint64_t>(100, std::strtoull(argv[1], nullptr, 10));
  if (argc > 2)
    how.rounds = std::max(1, std::atoi(argv[2]));
  for (std::uint64_t keys : {std::uint64_t{1000}, how.keys / 10, how.keys})
    measure_sums(how, keys);
  measure_growth(how);
  measure_cuts(how);
  measure_strings(how);
  return 0;
}
