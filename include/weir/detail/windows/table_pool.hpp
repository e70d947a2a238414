#pragma once

#include <weir/detail/windows/pane_layers.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace weir::detail {

/// Empty tables of panes, in memory that was used before where there is some.
template <class Fold>
class table_pool {
public:
  using table = fold_table<Fold>;

  table_pool(hash_range range, typename Fold::slot_key key) : range_{range}, key_{key} {}

  /// With room for so many entries, if it is not one that was used.
  table_ptr<Fold> make(std::size_t expected) {
    if (!spare_.empty()) {
      auto taken = std::move(spare_.back());
      spare_.pop_back();
      return taken;
    }
    auto made = make_small();
    made->reserve(expected);
    return made;
  }
  table_ptr<Fold> make_small() const { return std::make_shared<table>(range_, key_); }

  void give_back(table_ptr<Fold> used) {
    if (used->packed()) {
      if (is_sole_owner(used))
        spare_packed_ = std::move(used);
      return;
    }
    if (!is_sole_owner(used) || spare_.size() == spare_max || used->bytes() > spare_bytes_max)
      return;
    used->clear();
    spare_.push_back(std::move(used));
  }

  /// The same entries without free places between them.
  table_ptr<Fold> pack(table_ptr<Fold> full) {
    auto packed = full->pack(std::exchange(spare_packed_, nullptr));
    give_back(std::move(full));
    return packed;
  }

  void drop_spare() {
    spare_.clear();
    spare_packed_.reset();
  }

  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = spare_packed_ ? spare_packed_->bytes() : 0;
    for (const auto& each : spare_)
      sum += each->bytes();
    return sum;
  }
  [[nodiscard]] const hash_range& range() const { return range_; }

private:
  static constexpr std::size_t spare_max = 2;
  static constexpr std::size_t spare_bytes_max = 64 * 1024 * 1024; ///< clearing more would be a long pause

  hash_range range_;
  [[no_unique_address]] typename Fold::slot_key key_;
  std::vector<table_ptr<Fold>> spare_;
  table_ptr<Fold> spare_packed_;
};

} // namespace weir::detail
