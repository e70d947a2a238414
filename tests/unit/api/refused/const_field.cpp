// refused: a record can be copied by assignment: it has no const or reference fields
#include <weir/detail/codec.hpp>
struct fixed {
  const int value;
};
const auto& type = weir::detail::record_type_of<fixed>();
