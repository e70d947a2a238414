#pragma once

#include <weir/broadcast_state.hpp>

#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>

namespace weir::detail {

/// The broadcast states of one operator, one for each descriptor.
template <class... Descriptors>
class broadcast_states {
public:
  explicit broadcast_states(const std::tuple<Descriptors...>& descriptors)
      : all_{std::apply(
            [](const auto&... each) {
              return std::tuple<std::pair<std::string, broadcast_value_t<std::decay_t<decltype(each)>>>...>{
                  {each.name(), {}}...};
            },
            descriptors)} {}
  broadcast_states(const broadcast_states&) = delete;
  broadcast_states& operator=(const broadcast_states&) = delete;

  /// Makes them known, filled from the snapshot if the job began from one; only during open().
  void open(operator_states& states) {
    std::apply([&](auto&... each) { (open_one(states, each.first, each.second), ...); }, all_);
  }

  /// Throws std::invalid_argument for a descriptor that the broadcast stream was not made with.
  template <class Descriptor>
  broadcast_value_t<Descriptor>& get(const Descriptor& descriptor) {
    broadcast_value_t<Descriptor>* found = nullptr;
    auto look = [&](auto& each) {
      if constexpr (std::is_same_v<decltype(each.second), broadcast_value_t<Descriptor>>)
        if (each.first == descriptor.name())
          found = &each.second;
    };
    std::apply([&](auto&... each) { (look(each), ...); }, all_);
    if (!found)
      throw std::invalid_argument{"\"" + descriptor.name() +
                                  "\" is no broadcast state of this type: name it in broadcast_state(…)"};
    return *found;
  }

private:
  template <class State>
  static void open_one(operator_states& states, const std::string& name, State& state) {
    state_type type{name, state_kind::broadcast, State::key_name(), {}, State::value_name(), {}};
    auto collect = [](void* of, std::vector<std::string>& to) { static_cast<State*>(of)->collect(to); };
    for (const std::string& element : states.add_elements(type, &state, collect))
      if (std::string fault = state.load(element); !fault.empty())
        throw state_error{"the snapshot of broadcast state '" + name + "' cannot be read: " + fault};
  }

  std::tuple<std::pair<std::string, broadcast_value_t<Descriptors>>...> all_;
};

} // namespace weir::detail
