#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace weir::detail {

/// What of one pane is in a cold store: layers like those in memory, and older than they, told apart by
/// numbers that ascend. A layer that is being written does not count before all of it is there.
class cold_layers {
public:
  static constexpr std::uint32_t restored = 0; ///< number of the layer that came from a snapshot

  /// No layer is complete, and nothing is of one that is not.
  [[nodiscard]] bool empty() const { return cuts_.empty(); }

  /// Did the cut of this number have any of them?
  [[nodiscard]] bool begin_by(std::uint64_t cut) const {
    return !cuts_.empty() && cuts_.front().sealed_at <= cut;
  }

  /// Layers with smaller numbers are complete.
  [[nodiscard]] std::uint32_t end() const { return end_; }

  /// The first layer that the cut of this number did not have; end() when it had all.
  [[nodiscard]] std::uint32_t first_after(std::uint64_t cut) const {
    for (const first_of& each : cuts_)
      if (each.sealed_at > cut)
        return each.number;
    return end_;
  }

  /// An entry was written, of this key group of `groups`, which count from the subtask's first.
  void count(std::size_t group, std::size_t groups) {
    entries_.resize(groups);
    ++entries_[group];
  }

  /// All entries of the layer are written. `sealed_at`: as in pane::layer.
  void complete(std::uint32_t number, std::uint64_t sealed_at) {
    if (cuts_.empty() || cuts_.back().sealed_at != sealed_at)
      cuts_.push_back({number, sealed_at});
    end_ = number + 1;
    ++layers_since_merging_;
  }

  /// One of two entries of a key is gone.
  void uncount(std::size_t group) { --entries_[group]; }

  /// Are there probably enough entries of the same keys to make them one? Twice as many as when that was done
  /// last, so that it costs no more than writing them did.
  [[nodiscard]] bool worth_merging() const {
    constexpr std::uint32_t layers_min = 8;
    return layers_since_merging_ >= layers_min && entries() >= 2 * entries_when_merged_;
  }
  /// Those of all keys that were there when it began are one now.
  void merged() {
    layers_since_merging_ = 0;
    entries_when_merged_ = entries();
  }

  /// Whether anything of the key group may be there, be it of a layer that is not complete.
  [[nodiscard]] bool has(std::size_t group) const { return group < entries_.size() && entries_[group] != 0; }
  /// How many there are, at most.
  [[nodiscard]] std::uint64_t entries() const {
    return std::accumulate(entries_.begin(), entries_.end(), std::uint64_t{0});
  }

private:
  struct first_of {
    std::uint32_t number;
    std::uint64_t sealed_at;
  };

  std::vector<first_of> cuts_; ///< the first layers with that sealed_at
  std::uint32_t end_ = 0;
  std::vector<std::uint32_t> entries_; ///< by key group
  std::uint32_t layers_since_merging_ = 0;
  std::uint64_t entries_when_merged_ = 0;
};

} // namespace weir::detail
