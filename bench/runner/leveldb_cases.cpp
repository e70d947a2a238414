#include "cases.hpp"

#include "limits/leveldb_state.hpp"
#include "state_fixtures.hpp"
#include "state_workload.hpp"

#include <algorithm>

namespace bench {

namespace {

constexpr std::uint64_t distinct_keys = 10'000'000;
constexpr std::uint64_t updates_a_run = 500'000;
constexpr std::uint64_t bytes_a_key = 108; // key and value
constexpr std::uint64_t bare_write_buffer = 16 << 20;

/// Values of 100 bytes, of which a tenth fits the memory that the operator is given.
class small_memory_state {
public:
  small_memory_state(const std::string& folder, std::uint64_t distinct)
      : state_{*system_,
               {.backend = weir::state_backend::leveldb,
                .leveldb = in(folder),
                .memory_per_operator =
                    std::max<std::uint64_t>(distinct * bytes_a_key / 10, weir::leveldb_memory_min)}} {
    std::vector<std::uint64_t> keys;
    for (std::uint64_t rank = 0; rank < distinct;) {
      keys.clear();
      for (; rank < distinct && keys.size() < records_a_batch; ++rank)
        keys.push_back(key_of_rank(rank));
      state_.each(keys, [](std::uint64_t key, auto& value) { value.set(counted_value_of(key)); });
    }
  }

  std::uint64_t update(const rank_sequence& ranks, std::uint64_t first, std::uint64_t count) {
    std::uint64_t checksum = 0;
    std::vector<std::uint64_t> keys;
    for (std::uint64_t done = 0; done < count;) {
      keys.clear();
      for (; done < count && keys.size() < records_a_batch; ++done)
        keys.push_back(key_of_rank(ranks(first + done)));
      state_.each(keys, [&](std::uint64_t key, auto& value) {
        checksum += checksum_of(key, ++value.change().count);
      });
    }
    return checksum;
  }

private:
  static weir::leveldb_settings in(const std::string& folder) {
    weir::leveldb_settings settings;
    settings.folders = {folder};
    return settings;
  }

  std::unique_ptr<weir::platform> system_ = weir::make_system_platform();
  operator_state<std::uint64_t, counted_value> state_;
};

} // namespace

std::vector<bench_case> leveldb_cases(const bench_settings& settings) {
  std::uint64_t distinct = scaled(distinct_keys, settings, 10'000);
  std::uint64_t updates = scaled(updates_a_run, settings, 10'000);
  auto ours = std::make_shared<small_memory_state>(settings.folder, distinct);
  auto bare = std::make_shared<limits::bare_leveldb>(settings.folder + "/bare", bare_write_buffer);
  bare->fill(distinct);

  std::vector<bench_case> cases;
  std::uint64_t first = 0;
  for (auto [variant, shape, target] : {std::tuple{"uniform", rank_sequence::shape::uniform, 0.9},
                                        {"zipf", rank_sequence::shape::zipf, 3.0}}) {
    auto ranks = std::make_shared<rank_sequence>(distinct, shape);
    // Both sides see the same records, each from where it was.
    auto side = [=](auto& database, std::shared_ptr<std::uint64_t> at) {
      return [=] {
        run done{.amount = static_cast<double>(updates)};
        done.checksum = database->update(*ranks, *at, updates);
        *at += updates;
        return done;
      };
    };
    bench_case made;
    made.name = "state_leveldb";
    made.variant = variant;
    made.unit = "records/s";
    made.target = target;
    made.limit = side(bare, std::make_shared<std::uint64_t>(first));
    made.weir = side(ours, std::make_shared<std::uint64_t>(first));
    cases.push_back(std::move(made));
    first += std::uint64_t{1} << 40;
  }
  return cases;
}

} // namespace bench
