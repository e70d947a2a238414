#pragma once

#include <weir/detail/stage.hpp>

#include <type_traits>

namespace weir::detail {

/// The keys that `KeyOf` reads of records of type `T`, as state has them: a view of bytes is a text.
template <class T, class KeyOf>
using key_type = record_of_t<std::invoke_result_t<const KeyOf&, const T&>>;

/// In place of a function that reads the key, where there is none.
struct no_key {};

template <class KeyOf>
inline constexpr bool is_keyed = !std::is_same_v<KeyOf, no_key>;

} // namespace weir::detail
