// refused: this type cannot be \(part of\) a record: use bool, numbers, .* or specialise weir::as_record for it
#include <weir/detail/codec.hpp>
#include <list>
const auto& type = weir::detail::record_type_of<std::list<int>>();
