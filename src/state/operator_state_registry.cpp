#include "state/operator_state_registry.hpp"

#include "state/snapshot_schema.hpp"

#include <stdexcept>
#include <utility>

namespace weir {

namespace {

/// Ends the operator's open() in the way that operator_states::add promises.
[[noreturn]] void give_up(const error& failure) {
  if (failure.code() == errc::invalid_argument)
    throw std::invalid_argument{failure.message()};
  throw detail::state_error{failure.message()};
}

} // namespace

operator_state_registry::operator_state_registry(settings settings, operator_state_restore restore)
    : who_{std::move(settings.who)},
      memory_budget_{settings.memory_budget},
      make_cold_{std::move(settings.make_cold)},
      restore_{std::move(restore)} {}

result<std::unique_ptr<operator_state_registry>> operator_state_registry::make(settings settings) {
  auto restore = operator_state_restore::make(settings.who, std::move(settings.chains));
  if (!restore)
    return restore.failure();
  return std::unique_ptr<operator_state_registry>{
      new operator_state_registry{std::move(settings), std::move(*restore)}};
}

void operator_state_registry::check_new(const detail::state_type& state) const {
  auto refuse = [&](const std::string& why) {
    throw std::invalid_argument{"the state " + state.name + " of " + who_.name + " cannot be made: " + why};
  };
  if (opened_)
    refuse("states are made when an operator is opened");
  auto taken = [&](const detail::state_type& other) {
    if (other.name != state.name)
      return;
    std::string why = why_not_restorable(other, state);
    refuse("there is one of that name" +
           (why.empty() ? std::string{}
                        : ", " + std::string{name_of(other.kind)} + " of " + other.value + ", and this is " +
                              name_of(state.kind) + " of " + state.value));
  };
  for (const detail::keyed_state* other : keyed_states_)
    taken(other->type());
  for (const operator_state& other : operator_states_)
    taken(other.type);
}

void operator_state_registry::add(detail::keyed_state& state) {
  check_new(state.type());
  if (auto done = restore_.fill(state); !done)
    give_up(done.failure());
  keyed_states_.push_back(&state);
}

detail::cold_store* operator_state_registry::cold(const detail::state_type& state) {
  if (!make_cold_)
    return nullptr;
  return cold_stores_.emplace_back(make_cold_(state)).get();
}

std::vector<std::string> operator_state_registry::add_elements(const detail::state_type& state, void* of,
                                                               collect_elements collect) {
  check_new(state);
  auto elements = restore_.elements(state);
  if (!elements)
    give_up(elements.failure());
  operator_states_.push_back({state, of, collect});
  return std::move(*elements);
}

std::vector<std::string> operator_state_registry::opened() {
  opened_ = true;
  std::vector<std::string> not_taken = restore_.not_taken();
  // Files that were restored from may be deleted once the job has a snapshot of its own: let go of them.
  restore_.release();
  return not_taken;
}

operator_state_cut operator_state_registry::freeze(std::uint64_t number, detail::cut_kind what) {
  operator_state_cut cut;
  cut.of = who_.of;
  try {
    for (const operator_state& state : operator_states_) {
      auto& elements = cut.operator_states.emplace_back(operator_state_cut::elements{state.type, {}});
      state.collect(state.of, elements.elements);
    }
    for (detail::keyed_state* state : keyed_states_)
      cut.keyed_states.push_back({state->type(), state->freeze(number, what)});
  } catch (...) {
    for (std::size_t frozen = 0; frozen < cut.keyed_states.size(); ++frozen) {
      cut.keyed_states[frozen].cut.reset();
      keyed_states_[frozen]->abandon(number);
    }
    throw;
  }
  return cut;
}

void operator_state_registry::confirm(std::uint64_t number) {
  for (detail::keyed_state* state : keyed_states_)
    state->confirm(number);
}

void operator_state_registry::abandon(std::uint64_t number) {
  for (detail::keyed_state* state : keyed_states_)
    state->abandon(number);
}

std::uint64_t operator_state_registry::memory() const {
  std::uint64_t sum = 0;
  for (const detail::keyed_state* state : keyed_states_)
    sum += state->memory();
  return sum;
}

std::uint64_t operator_state_registry::entries() const {
  std::uint64_t sum = 0;
  for (const detail::keyed_state* state : keyed_states_)
    sum += state->entries();
  return sum;
}

} // namespace weir
