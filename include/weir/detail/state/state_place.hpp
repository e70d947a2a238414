#pragma once

#include <weir/detail/state.hpp>

#include <cstdint>
#include <functional>
#include <utility>

namespace weir::detail {

/// Where a state's entries belong and what time it is.
struct state_place {
  std::uint32_t first_key_group = 0;
  std::uint32_t last_key_group = 0;
  std::uint32_t max_parallelism = 1;
  cold_store* cold = nullptr;
  std::function<std::int64_t()> wall_ms = {}; ///< needed where entries expire

  static state_place of(operator_states& states, const state_type& type,
                        std::function<std::int64_t()> wall_ms) {
    return {states.first_key_group(), states.last_key_group(), states.max_parallelism(), states.cold(type),
            std::move(wall_ms)};
  }
};

} // namespace weir::detail
