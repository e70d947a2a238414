// refused: a record owns its bytes: use std::string or weir::text in place of std::string_view
#include <string_view>
#include <weir/detail/codec.hpp>
struct line {
  std::string_view text;
  int number;
};
const auto& type = weir::detail::record_type_of<line>();
