// refused: a record struct has no base classes: make the base a field, or specialise weir::as_record for it
#include <weir/detail/codec.hpp>
struct base {
  int a;
};
struct derived : base {
  int b;
};
const auto& type = weir::detail::record_type_of<derived>();
