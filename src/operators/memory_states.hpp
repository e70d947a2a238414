#pragma once

#include <weir/detail/state.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// State of an operator that begins empty and is in memory alone.
class memory_states final : public detail::operator_states {
public:
  memory_states(std::uint32_t subtask, std::uint32_t parallelism, std::uint32_t max_parallelism);

  [[nodiscard]] std::uint32_t first_key_group() const override { return first_; }
  [[nodiscard]] std::uint32_t last_key_group() const override { return last_; }
  [[nodiscard]] std::uint32_t max_parallelism() const override { return max_parallelism_; }
  void add(detail::keyed_state& state) override;
  detail::cold_store* cold(const detail::state_type&) override { return nullptr; }
  [[nodiscard]] std::uint64_t memory_budget() const override { return UINT64_MAX; }
  std::vector<std::string> add_elements(const detail::state_type& state, void* of,
                                        collect_elements collect) override;

private:
  void note(const std::string& name);

  std::uint32_t first_;
  std::uint32_t last_;
  std::uint32_t max_parallelism_;
  std::set<std::string> names_;
};

} // namespace weir
