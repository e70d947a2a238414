// refused: the keys of a map inside a record are std::string, not weir::text
#include <weir/detail/codec.hpp>
const auto& type = weir::detail::record_type_of<std::map<weir::text, int>>();
