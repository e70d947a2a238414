#include "operators/kept_end.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

namespace weir {

namespace {

constexpr const char* name = "weir: end";

/// Of a subtask that has ended: its number, and how many there are.
using element = std::array<std::uint32_t, 2>;

} // namespace

bool kept_end::open(detail::operator_states& states, std::uint32_t subtask, std::uint32_t parallelism) {
  subtask_ = subtask;
  parallelism_ = parallelism;
  detail::state_type type;
  type.name = name;
  type.kind = detail::state_kind::operator_union_list;
  type.value = "subtask, parallelism";
  auto before = states.add_elements(type, this, &collect);
  bool own = false;
  for (const std::string& bytes : before) {
    element of;
    if (bytes.size() != sizeof of)
      throw std::invalid_argument{std::string{"the state \""} + name + "\" of the snapshot is not readable"};
    std::memcpy(of.data(), bytes.data(), sizeof of);
    if (of[1] != parallelism && before.size() != of[1])
      throw std::invalid_argument{
          "in the snapshot " + std::to_string(before.size()) + " of its " + std::to_string(of[1]) +
          " subtasks had ended: it can only begin from there with the same parallelism"};
    own = own || of[1] != parallelism || of[0] == subtask;
  }
  return ended_ = own;
}

void kept_end::collect(void* of, std::vector<std::string>& to) {
  const auto& end = *static_cast<const kept_end*>(of);
  if (!end.ended_)
    return;
  element about{end.subtask_, end.parallelism_};
  to.emplace_back(reinterpret_cast<const char*>(about.data()), sizeof about);
}

} // namespace weir
