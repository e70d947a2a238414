#include "operators/memory_states.hpp"

#include <weir/detail/hash.hpp>

#include <stdexcept>

namespace weir {

namespace {

/// The least key group of which subtask_of() says that it belongs to `subtask`.
std::uint32_t begin_of(std::uint64_t subtask, std::uint32_t parallelism, std::uint32_t max_parallelism) {
  return static_cast<std::uint32_t>((subtask * max_parallelism + parallelism - 1) / parallelism);
}

} // namespace

memory_states::memory_states(std::uint32_t subtask, std::uint32_t parallelism, std::uint32_t max_parallelism)
    : first_{begin_of(subtask, parallelism, max_parallelism)},
      last_{begin_of(subtask + 1, parallelism, max_parallelism) - 1},
      max_parallelism_{max_parallelism} {}

void memory_states::add(detail::keyed_state& state) {
  note(state.type().name);
}

std::vector<std::string> memory_states::add_elements(const detail::state_type& state, void*,
                                                     collect_elements) {
  note(state.name);
  return {};
}

void memory_states::note(const std::string& name) {
  if (!names_.insert(name).second)
    throw std::invalid_argument{"the state \"" + name + "\" is there twice: each needs a name of its own"};
}

} // namespace weir
