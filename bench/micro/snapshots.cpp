// What writing and restoring snapshot files costs: states of numbers and of strings, whose blocks are made as
// a table would make them, through the whole writer to a file and back. One line a question, the median of
// the rounds and their range; wall time, and the processor time of this thread.
//
//   weir-micro-snapshots [MEGABYTES [ROUNDS [FOLDER]]]
//
// Bytes are raw ones: what the columns have before they are compressed. Restoring ends where a state takes
// the blocks: it walks the entries, without a table.

#include "base/platform.hpp"
#include "state/snapshot_blocks.hpp"
#include "state/snapshot_chain.hpp"
#include "state/snapshot_fold.hpp"
#include "state/snapshot_writer.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state_value.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <time.h>
#include <vector>

namespace {

using namespace weir;
using detail::state_block;

constexpr std::uint32_t key_groups = 128;

struct settings {
  std::uint64_t raw_bytes = 1024ull * 1024 * 1024;
  int rounds = 3;
  std::string folder = "/tmp";
};

/// Prepared blocks again and again with other keys, which have 8 bytes at least. What is measured is not how
/// they are made: a copy and a walk are what reading a table costs at least.
class repeated_cut final : public detail::state_cut {
public:
  repeated_cut(const std::vector<state_block>& blocks, std::uint64_t count, std::uint32_t number)
      : blocks_{blocks}, count_{count}, number_{number} {}

  bool next(state_block& to) override {
    if (done_ == count_)
      return false;
    to = blocks_[done_ % blocks_.size()];
    to.key_group = static_cast<std::uint32_t>(done_ * key_groups / count_);
    std::uint64_t salt = detail::hash_integer(2 * done_ + number_);
    detail::column_reader keys{to.keys};
    std::string_view key;
    while (keys.next(key)) {
      std::uint64_t front = detail::load_8(key.data()) ^ salt;
      std::memcpy(to.keys.data() + (key.data() - to.keys.data()), &front, sizeof front);
    }
    ++done_;
    return true;
  }

private:
  const std::vector<state_block>& blocks_;
  std::uint64_t count_;
  std::uint32_t number_;
  std::uint64_t done_ = 0;
};

template <class Key, class Value>
std::vector<state_block> blocks_of(Key key, Value value) {
  std::vector<state_block> blocks(32);
  std::uint64_t number = 0;
  for (state_block& block : blocks)
    for (; block.size() < state_block::size_wanted; ++block.entries, ++number) {
      detail::append_to_column(block.keys, key(number));
      detail::append_to_column(block.values, value(number));
    }
  return blocks;
}

std::string number_bytes(std::uint64_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// Half of it can be compressed, half cannot.
std::string text_bytes(std::uint64_t seed, std::size_t size) {
  std::string text(size, 'a');
  for (std::size_t i = 0; i < size / 2; ++i)
    text[i] = static_cast<char>(detail::hash_integer(seed * size + i) >> 56);
  return text;
}

double seconds(clockid_t of) {
  timespec now;
  clock_gettime(of, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct taken {
  double wall = 0;
  double cpu = 0;
};

/// Prints `amount` a second, in millions.
void measure(const settings& how, const std::string& question, const char* unit, double amount,
             const std::function<void()>& work) {
  std::vector<taken> rounds;
  for (int round = 0; round < how.rounds; ++round) {
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
    work();
    rounds.push_back({seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_THREAD_CPUTIME_ID) - cpu});
  }
  auto rate = [&](double taken) { return amount / taken * 1e-6; };
  std::ranges::sort(rounds, {}, &taken::wall);
  const taken& middle = rounds[rounds.size() / 2];
  std::printf("%-52s %9.1f %-11s (%.1f to %.1f), %.1f a processor\n", question.c_str(), rate(middle.wall),
              unit, rate(rounds.back().wall), rate(rounds.front().wall), rate(middle.cpu));
}

template <class T>
T required(result<T> value) {
  if (!value) {
    std::fprintf(stderr, "%s\n", value.failure().message().c_str());
    std::exit(1);
  }
  return std::move(*value);
}

snapshot_head head_of(std::uint64_t number, std::uint64_t parent) {
  snapshot_head head;
  head.task = "bench";
  head.number = number;
  head.parent = parent;
  head.max_parallelism = key_groups;
  head.last_key_group = key_groups - 1;
  return head;
}

std::uint64_t walk(const std::shared_ptr<const snapshot_reader>& file, key_group_range groups) {
  snapshot_blocks blocks{file};
  blocks.select(0, groups);
  state_block block;
  std::uint64_t sum = 0;
  while (required(blocks.next(block))) {
    detail::column_reader keys{block.keys}, values{block.values};
    std::string_view key, value;
    while (keys.next(key) && values.next(value))
      sum += static_cast<unsigned char>(key[0]) + value.size();
  }
  return sum;
}

void run(const settings& how, const char* name, const std::vector<state_block>& blocks) {
  auto platform = make_system_platform();
  file_system& files = platform->files();
  std::string full = how.folder + "/weir-bench-full", changes = how.folder + "/weir-bench-changes",
              folded = how.folder + "/weir-bench-folded";
  std::uint64_t count = std::max<std::uint64_t>(1, how.raw_bytes / state_block::size_wanted);
  auto write = [&](const std::string& path, const snapshot_head& head, const snapshot_options& options,
                   std::uint64_t blocks_wanted) {
    std::vector<operator_state_cut> cuts(1);
    cuts[0].keyed_states.push_back(
        {{"state", detail::state_kind::value, "key", "", "value", {}},
         std::make_unique<repeated_cut>(blocks, blocks_wanted, static_cast<std::uint32_t>(head.number))});
    return required(write_snapshot(*platform, path, head, std::move(cuts), options));
  };

  std::printf("%s\n", name);
  for (auto [codec, level, label] : {std::tuple{block_codec::none, 1, "none"},
                                     {block_codec::zstd, -5, "zstd -5"},
                                     {block_codec::zstd, 1, "zstd 1"}}) {
    snapshot_options options{.codec = codec, .compression_level = level};
    snapshot_report report;
    auto raw = static_cast<double>(count * state_block::size_wanted);
    measure(how, std::string{"  write, "} + label, "MB/s raw", raw,
            [&] { report = write(full, head_of(1, 0), options, count); });
    auto file = required(snapshot_reader::open(files, full, options));
    auto entries = static_cast<double>(report.size.entries);
    measure(how, std::string{"  read, "} + label, "M entries/s", entries, [&] {
      (void)walk(file, {0, key_groups - 1});
    });
    measure(how, std::string{"  read a quarter of the groups, "} + label, "M entries/s", entries / 4, [&] {
      (void)walk(file, {32, 63});
    });
    std::printf(
        "  %s: %.1f MB raw, %.1f MB stored; the last one encoded for %.0f ms and synced for %.0f ms\n", label,
        static_cast<double>(report.size.raw) * 1e-6, static_cast<double>(report.size.stored) * 1e-6,
        static_cast<double>(report.encoding.count()) * 1e-6,
        static_cast<double>(report.syncing.count()) * 1e-6);
  }
  snapshot_options options;
  write(changes, head_of(2, 1), options, std::max<std::uint64_t>(1, count / 4));
  auto chain = required(open_snapshot_chain(files, std::vector<std::string>{full, changes}, options));
  std::uint64_t entries =
      chain[0]->entries(0, {0, key_groups - 1}) + chain[1]->entries(0, {0, key_groups - 1});
  measure(how, "  fold a full one and changes of a quarter", "M entries/s", static_cast<double>(entries),
          [&] { required(fold_snapshots(*platform, chain, folded, options)); });
  for (const std::string& path : {full, changes, folded})
    (void)files.remove(path);
}

} // namespace

int main(int count, char** arguments) {
  settings how;
  if (count > 1)
    how.raw_bytes = std::strtoull(arguments[1], nullptr, 10) * 1024 * 1024;
  if (count > 2)
    how.rounds = std::max(1, std::atoi(arguments[2]));
  if (count > 3)
    how.folder = arguments[3];
  run(how, "u64 -> u64 below a million",
      blocks_of([](std::uint64_t i) { return number_bytes(detail::hash_integer(i)); },
                [](std::uint64_t i) { return number_bytes(detail::hash_integer(i) % 1'000'000); }));
  run(how, "strings of 16 to 40 bytes -> 100 bytes",
      blocks_of([](std::uint64_t i) { return text_bytes(i, 16 + i % 25); },
                [](std::uint64_t i) { return text_bytes(i, 100); }));
}
