// What the cold store of the leveldb backend costs beside LevelDB itself: values of 100 bytes, read, changed
// and written back one by one. One line a question; processor time of all threads.
//
//   weir-micro-leveldb [KEYS [SECONDS [MEMORY-MB [FOLDER]]]]

#include "base/platform.hpp"
#include "limits/leveldb_state.hpp"
#include "state/leveldb_database.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/state.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

using bench::rank_sequence;

struct settings {
  std::uint64_t keys = 10'000'000;
  double seconds = 10;
  std::uint64_t memory = 0;
  std::string folder = "/tmp";
};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double resident_megabytes() {
  std::ifstream pages{"/proc/self/statm"};
  std::uint64_t all = 0, resident = 0;
  pages >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) * 1e-6;
}

/// Runs `work(first, count)` in small pieces for as long as was asked.
template <class Work>
void measure(const settings& how, const char* question, std::uint64_t most, Work work) {
  std::uint64_t step = std::clamp<std::uint64_t>(most / 100, 1, 10'000);
  std::uint64_t done = 0;
  double begin = now(), cpu = cpu_seconds();
  while (done < most && now() - begin < how.seconds) {
    std::uint64_t count = std::min(step, most - done);
    work(done, count);
    done += count;
  }
  double passed = now() - begin, used = cpu_seconds() - cpu;
  std::printf("%-44s %9.1f k/s  %9.1f k per cpu second  %5.2f cores  %6.0f MB resident\n", question,
              static_cast<double>(done) / passed * 1e-3, static_cast<double>(done) / used * 1e-3,
              used / passed, resident_megabytes());
  std::fflush(stdout);
}

constexpr auto endless = std::uint64_t{1} << 60;

void measure_bare(const settings& how) {
  bench::limits::bare_leveldb database{how.folder + "/weir-micro-bare-" + std::to_string(getpid()), 16 << 20};
  measure(how, "bare LevelDB, sorted load of all keys", 1, [&](auto, auto) { database.fill(how.keys); });
  for (auto [shape, name] : {std::pair{rank_sequence::shape::uniform, "bare LevelDB, get and put, uniform"},
                             {rank_sequence::shape::zipf, "bare LevelDB, get and put, zipf 0.99"}}) {
    rank_sequence ranks{how.keys, shape};
    measure(how, name, endless, [&](auto first, auto count) { database.update(ranks, first, count); });
  }
}

/// Key bytes as a table makes them.
void write_key(std::uint64_t key, std::string& to) {
  std::uint32_t group = weir::detail::key_group(weir::detail::hash_key(key), 128);
  to.resize(10);
  to[0] = static_cast<char>(group >> 8);
  to[1] = static_cast<char>(group);
  for (int i = 0; i < 8; ++i)
    to[static_cast<std::size_t>(2 + i)] = static_cast<char>(key >> (56 - 8 * i));
}

std::string value_of(std::uint64_t key) {
  auto made = bench::counted_value_of(key);
  std::string bytes(100, '\0');
  std::memcpy(bytes.data(), &made.count, 8);
  std::memcpy(bytes.data() + 8, made.payload.data(), made.payload.size());
  return bytes;
}

[[noreturn]] void fail(const weir::error& why) {
  std::fprintf(stderr, "%s\n", why.message().c_str());
  std::exit(1);
}

/// Sorted in pieces, as a restore writes: a key group at a time.
void fill(weir::detail::cold_store& store, std::uint64_t keys) {
  struct entry {
    std::string key;
    std::uint64_t number;
  };
  std::vector<entry> entries(keys);
  for (std::uint64_t rank = 0; rank < keys; ++rank) {
    entries[rank].number = bench::key_of_rank(rank);
    write_key(entries[rank].number, entries[rank].key);
  }
  std::ranges::sort(entries, {}, &entry::key);
  double begin = now(), cpu = cpu_seconds();
  std::vector<std::string> values(1000);
  std::vector<weir::detail::cold_store::change> changes;
  for (std::uint64_t i = 0; i < keys; ++i) {
    values[i % 1000] = value_of(entries[i].number);
    changes.push_back({entries[i].key, values[i % 1000]});
    if (changes.size() == 1000 || i + 1 == keys) {
      store.write(changes);
      changes.clear();
    }
  }
  double passed = now() - begin, used = cpu_seconds() - cpu;
  std::printf("%-44s %9.1f k/s  %9.1f k per cpu second\n", "cold store, sorted load of all keys",
              static_cast<double>(keys) / passed * 1e-3, static_cast<double>(keys) / used * 1e-3);
}

void measure_store(const settings& how, weir::platform& platform) {
  weir::leveldb_settings settings;
  settings.folders = {how.folder};
  auto memory = weir::split_leveldb_memory(how.memory, settings);
  if (!memory)
    fail(memory.failure());
  auto database = weir::leveldb_database::create(platform, settings, *memory);
  if (!database)
    fail(database.failure());
  auto store = database->store(0);
  fill(*store, how.keys);
  std::string key, value;
  for (auto [shape, name] : {std::pair{rank_sequence::shape::uniform, "cold store, get and write, uniform"},
                             {rank_sequence::shape::zipf, "cold store, get and write, zipf 0.99"}}) {
    rank_sequence ranks{how.keys, shape};
    std::vector<weir::detail::cold_store::change> change(1);
    measure(how, name, endless, [&](auto first, auto count) {
      for (auto i = first; i < first + count; ++i) {
        write_key(bench::key_of_rank(ranks(i)), key);
        store->get(key, value);
        std::uint64_t counted;
        std::memcpy(&counted, value.data(), 8);
        ++counted;
        std::memcpy(value.data(), &counted, 8);
        change[0] = {key, value};
        store->write(change);
      }
    });
  }
  auto frozen = store->freeze();
  measure(how, "cold store, entries read from a frozen one", how.keys, [&](auto, auto count) {
    for (; count > 0 && frozen->valid(); --count)
      frozen->next();
  });
  auto statistics = database->statistics();
  std::printf("cold store: %.1f MB of memory (of %.1f), %llu files, %.0f MB\n",
              static_cast<double>(statistics.memory) * 1e-6, static_cast<double>(memory->database()) * 1e-6,
              static_cast<unsigned long long>(statistics.files),
              static_cast<double>(statistics.bytes) * 1e-6);
}

/// One state of one operator that has all key groups.
class operator_under_test final : public weir::detail::operator_states {
public:
  operator_under_test(std::unique_ptr<weir::detail::cold_store> store, std::uint64_t budget)
      : store_{std::move(store)}, budget_{budget} {}
  std::uint32_t first_key_group() const override { return 0; }
  std::uint32_t last_key_group() const override { return 127; }
  std::uint32_t max_parallelism() const override { return 128; }
  void add(weir::detail::keyed_state&) override {}
  weir::detail::cold_store* cold(const weir::detail::state_type&) override { return store_.get(); }
  std::uint64_t memory_budget() const override { return budget_; }
  std::vector<std::string> add_elements(const weir::detail::state_type&, void*, collect_elements) override {
    return {};
  }

private:
  std::unique_ptr<weir::detail::cold_store> store_;
  std::uint64_t budget_;
};

/// A batch at a time, as an operator does.
void measure_table(const settings& how, weir::platform& platform) {
  weir::leveldb_settings settings;
  settings.folders = {how.folder};
  auto memory = weir::split_leveldb_memory(how.memory, settings);
  if (!memory)
    fail(memory.failure());
  auto database = weir::leveldb_database::create(platform, settings, *memory);
  if (!database)
    fail(database.failure());
  operator_under_test under_test{database->store(0), memory->entries};
  weir::detail::keyed_states<std::uint64_t> states{under_test, [] { return 0; }};
  auto counts = states.make(weir::value<bench::counted_value>("counts"));
  constexpr std::uint64_t batch = 256;
  std::uint64_t keys[batch], hashes[batch];
  auto each_of = [&](std::uint64_t first, std::uint64_t count, auto key_of, auto work) {
    for (std::uint64_t done = 0; done < count; done += batch) {
      auto size = static_cast<std::uint32_t>(std::min(batch, count - done));
      for (std::uint32_t i = 0; i < size; ++i) {
        keys[i] = key_of(first + done + i);
        hashes[i] = weir::detail::hash_key(keys[i]);
      }
      states.prefetch(hashes, size);
      for (std::uint32_t i = 0; i < size; ++i) {
        states.select(keys[i], hashes[i]);
        work(keys[i]);
      }
      states.deselect();
      states.tend();
    }
  };
  auto patient = how;
  patient.seconds = 3600;
  measure(patient, "table and cold store, first value of all keys", how.keys, [&](auto first, auto count) {
    each_of(first, count, bench::key_of_rank,
            [&](std::uint64_t key) { counts.set(bench::counted_value_of(key)); });
  });
  for (auto [shape, name] : {std::pair{rank_sequence::shape::uniform, "table and cold store, uniform"},
                             {rank_sequence::shape::zipf, "table and cold store, zipf 0.99"}}) {
    rank_sequence ranks{how.keys, shape};
    measure(how, name, endless, [&](auto first, auto count) {
      each_of(
          first, count, [&](auto i) { return bench::key_of_rank(ranks(i)); },
          [&](std::uint64_t) { ++counts.change().count; });
    });
  }
}

} // namespace

int main(int count, char** arguments) {
  settings how;
  if (count > 1)
    how.keys = std::strtoull(arguments[1], nullptr, 10);
  if (count > 2)
    how.seconds = std::strtod(arguments[2], nullptr);
  how.memory = count > 3 ? std::strtoull(arguments[3], nullptr, 10) << 20
                         : std::max<std::uint64_t>(how.keys * 11, weir::leveldb_memory_min);
  if (count > 4)
    how.folder = arguments[4];
  auto platform = weir::make_system_platform();
  measure_table(how, *platform);
  measure_store(how, *platform);
  measure_bare(how);
}
