#pragma once

#include <weir/detail/state.hpp>

#include <string>
#include <string_view>

namespace weir {

/// Whether encoded values of type `stored` can be read as values of type `wanted` (names as type_name<T>()
/// gives them): the types are equal, or both are structs and `wanted` has more fields behind those of
/// `stored`. The last field that both have may have grown in the same way. The schema of a Cap'n Proto record
/// may change as Cap'n Proto allows, since its name is its id. See read_state_value.
bool can_grow_into(std::string_view stored, std::string_view wanted);

/// Why a state that was stored as one type cannot be restored as the other, with both named: "it has keys of
/// i64, and was stored with keys of string". Empty when it can.
std::string why_not_restorable(const detail::state_type& stored, const detail::state_type& wanted);

/// "list state", as people call it.
const char* name_of(detail::state_kind kind);

} // namespace weir
