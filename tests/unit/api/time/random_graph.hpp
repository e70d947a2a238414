#pragma once

#include "timed_record.hpp"

#include <weir/environment.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace time_test {

/// A dataflow made by a seed, and what a plain recomputation says that it gives.
///
/// Sources, maps, filters, flat_maps, process functions, unions, operators of two inputs, side outputs, keyed
/// sums, partitioners and diamonds. Sources that have event times are disordered by less than their
/// watermarks allow for, so whoever finds a record behind a watermark has found a mistake.
class random_graph {
public:
  explicit random_graph(std::uint64_t seed);

  void build(weir::environment& env) const;

  /// The lines of the result "out", sorted.
  [[nodiscard]] const std::vector<std::string>& expected() const { return expected_; }

private:
  enum class kind : std::uint8_t {
    elements,
    generated,
    timestamps,
    map,
    filter,
    loop, ///< map, map, filter as one pipeline
    flat_map,
    process,
    unite,
    two_inputs,
    split, ///< odd values to a side output
    keyed_sum,
    partition,
  };

  struct row {
    timed record;
    std::optional<std::int64_t> time;
    auto operator<=>(const row&) const = default;
  };
  using rows = std::vector<row>;

  struct step {
    kind what;
    std::size_t first = 0;  ///< index of a stream
    std::size_t second = 0; ///< of another
    std::int64_t number = 1;
    std::vector<timed> elements;
  };

  void add(const step& made);
  void add_source();
  void add_operator();
  std::size_t some_stream();

  std::mt19937_64 random_;
  std::vector<step> steps_;
  std::vector<rows> streams_; ///< what each stream carries; a split has two
  std::vector<bool> is_read_;
  std::vector<std::string> expected_;
};

} // namespace time_test
