// refused: this type cannot be \(part of\) a record: use bool, .* or specialise weir::as_record for it
#include <weir/detail/codec.hpp>
class closed {
public:
  int get() const { return value_; }

private:
  int value_ = 0;
};
const auto& type = weir::detail::record_type_of<std::pair<int, closed>>();
