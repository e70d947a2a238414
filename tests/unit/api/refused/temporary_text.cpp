// refused: use of deleted function .*weir::text::text\(std::string&&\)
#include <weir/text.hpp>
const weir::text dangling = std::string("a string that ends with this statement");
