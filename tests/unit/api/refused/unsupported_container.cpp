// refused: this type cannot be \(part of\) a record: use bool, .* or specialise weir::as_record for it
#include <list>
#include <weir/detail/codec.hpp>
const auto& type = weir::detail::record_type_of<std::list<int>>();
