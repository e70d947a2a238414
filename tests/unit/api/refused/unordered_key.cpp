// refused: an unordered map or set cannot be a key, since equal ones can differ in order: use std::map
#include <weir/detail/hash.hpp>
const auto hash = weir::detail::hash_key(std::unordered_map<int, int>{});
