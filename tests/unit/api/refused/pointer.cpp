// refused: a record can be sent to another process, so it has no pointers or references: use the value itself
#include <weir/detail/codec.hpp>
struct node {
  int value;
  node* next;
};
const auto& type = weir::detail::record_type_of<std::vector<node>>();
